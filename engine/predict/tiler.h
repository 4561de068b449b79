#pragma once

#include "base/types.h"

/**
 * MgTileAxis:
 * @begin: first position there is something to see at, 0 or less
 * @end: one past the last
 * @size: of what is wanted, from 0
 * @tile: extent of a tile
 * @n: tiles
 * @starts: of the tiles; owned
 * @weights: n × tile: how much a tile counts at each of its positions, 0 outside
 *   0 … @size; over all tiles they add up to 1 at every position; owned
 *
 * One axis of a grid cut into overlapping tiles.
 */
typedef struct
{
  int begin, end, size, tile;
  int n;
  int *starts;
  float *weights;
} MgTileAxis;

void mg_tile_axis_init (MgTileAxis *axis,
                        int size,
                        int before,
                        int after,
                        int tile,
                        int multiple,
                        int halo);
void mg_tile_axis_clear (MgTileAxis *axis);
int mg_tile_smallest (int halo,
                      int stride,
                      int multiple);
int mg_tile_extent (int length,
                    int largest,
                    int multiple);
