#pragma once

#include <glib.h>

#define MG_VIEW_MAX_CHANNELS 64
#define MG_LUT_TABLE_SIZE    256

/**
 * MgLut:
 * @MG_LUT_COLOUR: black to the channel's own colour
 * @MG_LUT_TABLE: a table of the file's own
 * @MG_LUT_SIGNED: blue below the middle, white there, red above: for differences
 *
 * How the values of a channel become colours.
 */
typedef enum
{
  MG_LUT_GREY,
  MG_LUT_INVERTED,
  MG_LUT_RED,
  MG_LUT_GREEN,
  MG_LUT_BLUE,
  MG_LUT_CYAN,
  MG_LUT_MAGENTA,
  MG_LUT_YELLOW,
  MG_LUT_VIRIDIS,
  MG_LUT_FIRE,
  MG_LUT_COLOUR,
  MG_LUT_TABLE,
  MG_LUT_SIGNED,
} MgLut;

/**
 * MgChannelView:
 * @min: the value shown darkest; as large as @max where nobody has said
 * @max: the value shown brightest
 * @gamma: exponent of what lies between, 1 for a straight line
 * @colour: 0xRRGGBB, of %MG_LUT_COLOUR
 * @table: (nullable): %MG_LUT_TABLE_SIZE colours 0xRRGGBB of %MG_LUT_TABLE, by
 *   mg_channel_view_set_table()
 * @discrete: values are numbers of colours, between which there is nothing
 *
 * How one channel is shown. A plain value.
 */
typedef struct
{
  gboolean visible;
  MgLut lut;
  double min, max, gamma;
  guint32 colour;
  const guint32 *table;
  gboolean discrete;
} MgChannelView;

const char *mg_lut_name (MgLut lut);
gboolean mg_lut_from_name (const char *name,
                           MgLut *lut);
void mg_channel_view_set_table (MgChannelView *view,
                                const guint32 *colours);
