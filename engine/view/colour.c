#include "view/composer.h"

#include <math.h>

#define GOLDEN_RATIO_PART 0.61803398874989485

static double
hue_part (double hue)
{
  hue -= floor (hue);
  return CLAMP (fabs (6 * hue - 3) - 1, 0, 1);
}

static guint32
pack (double r,
      double g,
      double b)
{
  return (guint32) lround (255 * CLAMP (r, 0, 1)) << 16 | (guint32) lround (255 * CLAMP (g, 0, 1)) << 8 |
         (guint32) lround (255 * CLAMP (b, 0, 1));
}

/**
 * mg_hue_colour:
 * @hue: 0 to 1 once around the circle from red over green and blue
 *
 * Returns: 0xRRGGBB, as strong as the screen has it
 */
guint32
mg_hue_colour (double hue)
{
  return pack (hue_part (hue), hue_part (hue - 1.0 / 3), hue_part (hue - 2.0 / 3));
}

/**
 * mg_label_colour:
 * @label: a label
 *
 * Hues a golden ratio of the circle apart, so that numbers near each other,
 * and so mostly cells near each other, differ clearly; in three strengths
 * that all stand out from black and from middle grey.
 *
 * Returns: 0xRRGGBB; black for 0
 */
guint32
mg_label_colour (guint32 label)
{
  static const double white[3] = { 0.0, 0.42, 0.2 }, strength[3] = { 1.0, 1.0, 0.85 };
  double hue = label * GOLDEN_RATIO_PART, w = white[label % 3], s = strength[label % 3];
  double r = hue_part (hue), g = hue_part (hue - 1.0 / 3), b = hue_part (hue - 2.0 / 3);
  /* Blue alone is dark to the eye (Rec. 709 luminance): lift dark hues. */
  double lift = MAX (0, 0.4 - (0.2126 * r + 0.7152 * g + 0.0722 * b));

  if (label == 0)
    return 0;
  w = MAX (w, lift);
  return pack (s * (r + (1 - r) * w), s * (g + (1 - g) * w), s * (b + (1 - b) * w));
}

/* Anchors at equal steps from dark to bright. */
static const double viridis[][3] = {
  { 0.267, 0.005, 0.329 },
  { 0.275, 0.194, 0.496 },
  { 0.213, 0.359, 0.552 },
  { 0.153, 0.497, 0.558 },
  { 0.122, 0.633, 0.530 },
  { 0.288, 0.758, 0.428 },
  { 0.626, 0.855, 0.223 },
  { 0.993, 0.906, 0.144 },
};
static const double fire[][3] = {
  { 0.0, 0.0, 0.0 },
  { 0.2, 0.0, 0.45 },
  { 0.6, 0.05, 0.4 },
  { 0.9, 0.25, 0.1 },
  { 1.0, 0.6, 0.0 },
  { 1.0, 0.9, 0.35 },
  { 1.0, 1.0, 1.0 },
};

static const double signs[][3] = {
  { 0.02, 0.19, 0.38 },
  { 0.26, 0.58, 0.76 },
  { 1.0, 1.0, 1.0 },
  { 0.84, 0.38, 0.30 },
  { 0.40, 0.0, 0.12 },
};

static guint32
interpolate (const double (*anchors)[3],
             guint n,
             double value)
{
  double at = value * (n - 1);
  guint i = MIN ((guint) at, n - 2);
  double t = at - i;

  return pack (anchors[i][0] + t * (anchors[i + 1][0] - anchors[i][0]),
               anchors[i][1] + t * (anchors[i + 1][1] - anchors[i][1]),
               anchors[i][2] + t * (anchors[i + 1][2] - anchors[i][2]));
}

/**
 * mg_lut_colour:
 * @lut: a colour map
 * @value: 0 to 1, clamped; NaN is 0
 *
 * Returns: 0xRRGGBB
 */
guint32
mg_lut_colour (MgLut lut,
               double value)
{
  double v = value > 0 ? MIN (value, 1) : 0;

  switch (lut)
    {
    case MG_LUT_GREY:
      return pack (v, v, v);
    case MG_LUT_INVERTED:
      return pack (1 - v, 1 - v, 1 - v);
    case MG_LUT_RED:
      return pack (v, 0, 0);
    case MG_LUT_GREEN:
      return pack (0, v, 0);
    case MG_LUT_BLUE:
      return pack (0, 0, v);
    case MG_LUT_CYAN:
      return pack (0, v, v);
    case MG_LUT_MAGENTA:
      return pack (v, 0, v);
    case MG_LUT_YELLOW:
      return pack (v, v, 0);
    case MG_LUT_VIRIDIS:
      return interpolate (viridis, G_N_ELEMENTS (viridis), v);
    case MG_LUT_FIRE:
      return interpolate (fire, G_N_ELEMENTS (fire), v);
    case MG_LUT_SIGNED:
      return interpolate (signs, G_N_ELEMENTS (signs), v);
    default:
      return 0;
    }
}

/**
 * mg_channel_view_colour:
 * @view: how a channel is shown
 * @value: 0 to 1 from darkest to brightest, clamped; NaN is 0
 *
 * Returns: 0xRRGGBB
 */
guint32
mg_channel_view_colour (const MgChannelView *view,
                        double value)
{
  double v = value > 0 ? MIN (value, 1) : 0;

  if (view->lut == MG_LUT_TABLE && view->table != NULL)
    return view->table[lround (v * (MG_LUT_TABLE_SIZE - 1))];
  if (view->lut == MG_LUT_COLOUR)
    return pack (v * (view->colour >> 16 & 0xff) / 255, v * (view->colour >> 8 & 0xff) / 255, v * (view->colour & 0xff) / 255);
  return mg_lut_colour (view->lut == MG_LUT_TABLE ? MG_LUT_GREY : view->lut, v);
}
