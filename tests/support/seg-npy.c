#include "support/seg-npy.h"

#include <string.h>

static void
put (GByteArray *out, gconstpointer bytes, gsize size)
{
  g_byte_array_append (out, bytes, (guint) size);
}

static void
put_op (GByteArray *out, guint8 op)
{
  put (out, &op, 1);
}

static void
put_int (GByteArray *out, guint64 value, guint n_bytes)
{
  for (guint i = 0; i < n_bytes; i++)
    put_op (out, (guint8) (value >> 8 * i));
}

static void
put_text (GByteArray *out, const char *text, int protocol)
{
  put_op (out, protocol >= 4 ? 0x8c : 'X');
  put_int (out, strlen (text), protocol >= 4 ? 1 : 4);
  put (out, text, strlen (text));
}

static void
put_class (GByteArray *out, const char *module, const char *name, int protocol)
{
  if (protocol < 4)
    {
      put_op (out, 'c');
      put (out, module, strlen (module));
      put_op (out, '\n');
      put (out, name, strlen (name));
      put_op (out, '\n');
      return;
    }
  put_text (out, module, protocol);
  put_text (out, name, protocol);
  put_op (out, 0x93);
}

/* Protocol 2 knows no bytes, and has Latin-1 text turned back. */
static void
put_bytes (GByteArray *out, const guint8 *bytes, gsize size, int protocol)
{
  if (protocol >= 3)
    {
      put_op (out, protocol == 5 ? 0x96 : 'B');
      put_int (out, size, protocol == 5 ? 8 : 4);
      put (out, bytes, size);
      return;
    }
  g_autoptr (GByteArray) text = g_byte_array_new ();

  for (gsize i = 0; i < size; i++)
    if (bytes[i] < 0x80)
      put_op (text, bytes[i]);
    else
      {
        put_op (text, 0xc0 | bytes[i] >> 6);
        put_op (text, 0x80 | (bytes[i] & 0x3f));
      }
  put_class (out, "_codecs", "encode", protocol);
  put_op (out, 'X');
  put_int (out, text->len, 4);
  put (out, text->data, text->len);
  put_text (out, "latin1", protocol);
  put_op (out, 0x86);
  put_op (out, 'R');
}

static void
put_dtype (GByteArray *out, const SegNpy *seg, const char *descr, const char *order)
{
  put_class (out, "numpy", "dtype", seg->protocol);
  put_text (out, descr, seg->protocol);
  put_op (out, 0x89);
  put_op (out, 0x88);
  put_op (out, 0x87);
  put_op (out, 'R');
  put_op (out, '(');
  put (out, "K\3", 2);
  put_text (out, order, seg->protocol);
  put (out, "NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\0tb", 17);
}

static void
put_shape (GByteArray *out, const SegNpy *seg)
{
  put_op (out, '(');
  for (int i = 0; i < 3 && seg->shape[i] > 0; i++)
    {
      put_op (out, 'M');
      put_int (out, seg->shape[i], 2);
    }
  put_op (out, 't');
}

/* An array without a state, which comes behind it. */
static void
put_reconstructed (GByteArray *out, const SegNpy *seg)
{
  g_autofree char *multiarray = g_strconcat (seg->module, ".multiarray", NULL);

  put_class (out, multiarray, "_reconstruct", seg->protocol);
  put_class (out, "numpy", "ndarray", seg->protocol);
  put (out, "K\0\x85", 3);
  put_bytes (out, (const guint8 *) "b", 1, seg->protocol);
  put (out, "\x87R", 2);
}

static void
put_array (GByteArray *out, const SegNpy *seg)
{
  const char *order = seg->big_endian ? ">" : "<";
  g_autofree char *numeric = g_strconcat (seg->module, ".numeric", NULL);

  if (seg->protocol == 5)
    {
      put_class (out, numeric, "_frombuffer", seg->protocol);
      put_op (out, '(');
      put_bytes (out, seg->data, seg->size, seg->protocol);
      put_dtype (out, seg, seg->descr, order);
      put_shape (out, seg);
      put_text (out, "C", seg->protocol);
      put (out, "tR", 2);
      return;
    }
  put_reconstructed (out, seg);
  put_op (out, seg->protocol >= 4 ? 0x94 : 'q');
  if (seg->protocol < 4)
    put_op (out, 7);
  put (out, "(K\1", 3);
  put_shape (out, seg);
  put_dtype (out, seg, seg->descr, order);
  put_op (out, 0x89);
  put_bytes (out, seg->data, seg->size, seg->protocol);
  put (out, "tb", 2);
}

void
seg_npy_header (GByteArray *out, const char *dict)
{
  gsize padded = (10 + strlen (dict) + 1 + 63) / 64 * 64 - 10;

  put (out, "\x93NUMPY\1\0", 8);
  put_int (out, padded, 2);
  put (out, dict, strlen (dict));
  for (gsize i = strlen (dict); i + 1 < padded; i++)
    put_op (out, ' ');
  put_op (out, '\n');
}

static void
put_dict (GByteArray *out, const SegNpy *seg)
{
  put (out, "}(", 2);
  put_text (out, "filename", seg->protocol);
  put_text (out, "cells.tif", seg->protocol);
  put_text (out, "flows", seg->protocol);
  put (out, "](NG\x40\x09\x21\xfb\x54\x44\x2d\x18\x8a\1\x05", 15);
  put_op (out, 'e');
  put_text (out, "masks", seg->protocol);
  put_array (out, seg);
  put_text (out, "model_path", seg->protocol);
  put_class (out, "pathlib", "PosixPath", seg->protocol);
  put_text (out, "cyto3", seg->protocol);
  put (out, "\x85R", 2);
  if (seg->extra_class != NULL)
    {
      g_auto (GStrv) parts = g_strsplit (seg->extra_class, " ", 2);

      put_text (out, "extra", seg->protocol);
      put_class (out, parts[0], parts[1], seg->protocol);
      put (out, ")R", 2);
    }
  put_op (out, 'u');
}

/* numpy.save() makes an array without axes of what is no array, and pickles that. */
GByteArray *
seg_npy_make (const SegNpy *seg)
{
  GByteArray *out = g_byte_array_new ();

  seg_npy_header (out, "{'descr': '|O', 'fortran_order': False, 'shape': (), }");
  put_op (out, 0x80);
  put_op (out, (guint8) seg->protocol);
  put_reconstructed (out, seg);
  put (out, "(K\1)", 4);
  put_dtype (out, seg, "O8", "|");
  put_op (out, 0x89);
  put_op (out, ']');
  put_dict (out, seg);
  put (out, "atb.", 4);
  return out;
}
