#include "fuzz.h"

#include "interchange/rasterise.h"
#include "io/roi.h"

#include <string.h>

const char *const fuzz_shared_folder = NULL;

#define SIDE 48

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize size)
{
  g_autoptr (MgRasteriser) rasteriser = mg_rasteriser_new (SIDE, SIDE, NULL);
  g_auto (MgOutline) outline = { 0 };
  MgRasterised done;
  const char *why;
  gboolean ok;

  mg_outline_init (&outline);
  ok = mg_roi_decode (data, size, &outline, &why);
  g_assert_true (ok == (why == NULL));
  if (ok)
    g_assert_true (mg_rasteriser_add (rasteriser, &outline, 1, &done, NULL, NULL));
  return 0;
}

static void
set_u16 (guint8 *at, guint value)
{
  at[0] = (guint8) (value >> 8);
  at[1] = (guint8) value;
}

static void
set_float (guint8 *at, float value)
{
  guint32 bits;

  memcpy (&bits, &value, sizeof bits);
  set_u16 (at, bits >> 16);
  set_u16 (at + 2, bits & 0xffff);
}

static GBytes *
make_seed (guint type, guint subtype, guint options, guint n, guint n_floats)
{
  g_autofree guint8 *roi = g_malloc0 (64 + 12 * n + 4 * n_floats + 64);
  gsize at = 64;

  memcpy (roi, "Iout", 4);
  set_u16 (roi + 4, 228);
  roi[6] = (guint8) type;
  set_u16 (roi + 8, 3);
  set_u16 (roi + 10, 4);
  set_u16 (roi + 12, 23);
  set_u16 (roi + 14, 34);
  set_u16 (roi + 16, n);
  for (guint i = 0; i < 4; i++)
    set_float (roi + 18 + 4 * i, 5.5f + 7.25f * (float) i);
  set_u16 (roi + 38, n_floats);
  set_u16 (roi + 48, subtype);
  set_u16 (roi + 50, options);
  set_float (roi + 52, 0.5f);
  for (guint i = 0; i < 2 * n; i++, at += 2)
    set_u16 (roi + at, i * i % 20);
  for (guint i = 0; i < 2 * n && (options & 128) != 0; i++, at += 4)
    set_float (roi + at, (float) (i * i % 20) + 0.25f);
  for (guint i = 0; i < n_floats; i++, at += 4)
    set_float (roi + at, i % 3 == 0 ? (float) (i / 3 % 5) : (float) (i * i % 40));
  set_u16 (roi + 62, (guint) at);
  return g_bytes_new (roi, at + 64);
}

void
fuzz_add_seeds (GPtrArray *seeds)
{
  static const guint kinds[][5] = {
    { 0, 0, 0, 6, 0 },
    { 1, 0, 0, 0, 0 },
    { 1, 0, 128, 0, 0 },
    { 2, 0, 0, 0, 0 },
    { 7, 0, 128, 9, 0 },
    { 7, 3, 0, 0, 0 },
    { 7, 5, 0, 4, 0 },
    { 8, 0, 0, 20, 0 },
    { 1, 0, 0, 0, 60 },
    { 10, 0, 0, 3, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    g_ptr_array_add (seeds, make_seed (kinds[i][0], kinds[i][1], kinds[i][2], kinds[i][3], kinds[i][4]));
}
