// What the convolutions share. V is the vector width along the output
// channels, V_IN along the input channels; w lies as (tap, C_in, C_out) of the
// forward convolution. The gradient to x is the same sum over dy, with the taps
// turned round and w read transposed.
layout (constant_id = 3) const uint V_IN = 4;
layout (constant_id = 4) const uint KERNEL = 3;
layout (constant_id = 5) const bool TRANSPOSED = false;

const uint TAPS = KERNEL * KERNEL;
const int RADIUS = int (KERNEL / 2);

// Which tap of w belongs to the input (ky, kx) - RADIUS pixels away.
uint
weight_tap (uint tap)
{
  return TRANSPOSED ? TAPS - 1 - tap : tap;
}
