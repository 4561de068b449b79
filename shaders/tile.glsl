// The multiplication of tiles in shared memory: a workgroup of 256 makes ROWS ×
// COLUMNS results; an invocation TILE_Y rows × 4 columns of them. DEPTH products
// are added between two barriers. Padding keeps the writes of a_tile off one
// another's banks.
#define ROWS 128u
#define DEPTH 16u
#define THREADS 256u

layout (constant_id = 6) const uint COLUMNS = 64;
const uint ACROSS = COLUMNS / 4;
const uint TILE_Y = ROWS / (THREADS / ACROSS);

shared vec4 a_tile[DEPTH][ROWS / 4 + 1]; // four rows each
shared vec4 b_tile[DEPTH][16];

vec4 tile_sum[8];

void
tile_clear ()
{
  for (uint i = 0; i < TILE_Y; i++)
    tile_sum[i] = vec4 (0.0);
}

void
tile_multiply ()
{
  uint column = gl_LocalInvocationID.x % ACROSS;
  uint row = (gl_LocalInvocationID.x / ACROSS) * (TILE_Y / 4);

  for (uint k = 0; k < DEPTH; k++)
    {
      vec4 b = b_tile[k][column];

      for (uint i = 0; i < TILE_Y / 4; i++)
        {
          vec4 a = a_tile[k][row + i];

          tile_sum[4 * i] = fma (b, a.xxxx, tile_sum[4 * i]);
          tile_sum[4 * i + 1] = fma (b, a.yyyy, tile_sum[4 * i + 1]);
          tile_sum[4 * i + 2] = fma (b, a.zzzz, tile_sum[4 * i + 2]);
          tile_sum[4 * i + 3] = fma (b, a.wwww, tile_sum[4 * i + 3]);
        }
    }
}
