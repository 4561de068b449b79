// Which 2×2 square an invocation handles: the squares of a map of
// (n_rows, width), small side, each with its four values on the large side.
struct Square
{
  bool inside;
  uint small;    // index of the small side's value
  uint large[4]; // of the large side's, in row-major order
};

Square
square ()
{
  Square s;
  uint vectors = push.channels / V;
  uint item = item_index ();
  uint c = (item % vectors) * V;
  uint pixel = item / vectors;
  uint x = pixel % push.width;
  uint row = pixel / push.width;
  uint pitch = 2 * push.width * push.channels;
  uint corner = 2 * row * pitch + 2 * x * push.channels + c;

  s.inside = row < push.n_rows;
  s.small = pixel * push.channels + c;
  s.large = uint[4] (corner, corner + push.channels, corner + pitch, corner + pitch + push.channels);
  return s;
}
