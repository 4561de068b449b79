#pragma once

#include <glib.h>

/* Python's pickle format (Lib/pickletools.py), protocols 2 to 5, read as data:
 * nothing in it is ever called. Of classes, only NumPy's arrays and what goes
 * with them are known by name; anything else is refused. */

typedef enum
{
  MG_PICKLE_OTHER, /* known, and of no interest: a path, a number's wrapper */
  MG_PICKLE_NONE,
  MG_PICKLE_NUMBER,
  MG_PICKLE_TEXT,
  MG_PICKLE_BYTES,
  MG_PICKLE_LIST, /* tuples and sets too */
  MG_PICKLE_DICT,
  MG_PICKLE_CLASS,
  MG_PICKLE_DTYPE,
  MG_PICKLE_ARRAY,
} MgPickleKind;

#define MG_PICKLE_MAX_DIMS 8

/* A NumPy array. kind: as in its descr, 'u', 'i', 'f', 'b', 'O'. */
typedef struct
{
  char kind;
  guint item_bytes;
  gboolean big_endian, fortran;
  guint n_dims;
  guint64 shape[MG_PICKLE_MAX_DIMS];
  const guint8 *data; /* (nullable): borrowed */
  gsize size;
} MgNumpyArray;

typedef struct _MgPickleValue MgPickleValue;

struct _MgPickleValue
{
  MgPickleKind kind;
  guint which;        /* class */
  const guint8 *data; /* text and bytes; borrowed of the file or of the pickle */
  gsize size;
  double number;
  GPtrArray *items;    /* owned, (nullable): of lists and of arrays of objects; of dicts keys and values by turns */
  MgNumpyArray *array; /* owned: of arrays and of dtypes, which are ones without data */
};

typedef struct _MgPickle MgPickle;

MgPickle *_mg_pickle_read (const guint8 *data,
                           gsize size,
                           const char **why);
void _mg_pickle_free (MgPickle *pickle);
const MgPickleValue *_mg_pickle_get_root (MgPickle *pickle);
const MgPickleValue *_mg_pickle_find (const MgPickleValue *dict,
                                      const char *key);
gboolean _mg_numpy_descr (MgNumpyArray *array,
                          const char *text,
                          gsize size);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MgPickle, _mg_pickle_free)
