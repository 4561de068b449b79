#pragma once

#include <glib.h>

/* A _seg.npy as Cellpose saves it, byte by byte. */
typedef struct
{
  int protocol;       /* of the pickle, 2 to 5 */
  const char *module; /* "numpy.core" or "numpy._core", as NumPy 2 calls it */
  const char *descr;  /* of the masks: "u2", "i4" … */
  gboolean big_endian;
  guint shape[3]; /* of the masks; 0: no further axis */
  gconstpointer data;
  gsize size;
  const char *extra_class; /* (nullable): "module name" of an object to add */
} SegNpy;

GByteArray *seg_npy_make (const SegNpy *seg);
/* The header of an .npy file. */
void seg_npy_header (GByteArray *out,
                     const char *dict);
