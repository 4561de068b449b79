#include "io/pickle-private.h"

#include <string.h>

/* Masks and what goes with them are some thousand values; a file that has more
 * is not one of labels. */
#define MAX_VALUES 4000000

enum
{
  CLASS_RECONSTRUCT,
  CLASS_SCALAR,
  CLASS_FROM_BUFFER,
  CLASS_NDARRAY,
  CLASS_DTYPE,
  CLASS_ENCODE,
  CLASS_DICT,
  CLASS_BYTEARRAY,
  CLASS_PATH,
};

static const struct
{
  const char *module, *name;
  guint which;
} classes[] = {
  { "numpy.core.multiarray", "_reconstruct", CLASS_RECONSTRUCT },
  { "numpy._core.multiarray", "_reconstruct", CLASS_RECONSTRUCT },
  { "numpy.core.multiarray", "scalar", CLASS_SCALAR },
  { "numpy._core.multiarray", "scalar", CLASS_SCALAR },
  { "numpy.core.numeric", "_frombuffer", CLASS_FROM_BUFFER },
  { "numpy._core.numeric", "_frombuffer", CLASS_FROM_BUFFER },
  { "numpy", "ndarray", CLASS_NDARRAY },
  { "numpy", "dtype", CLASS_DTYPE },
  { "_codecs", "encode", CLASS_ENCODE },
  { "collections", "OrderedDict", CLASS_DICT },
  { "builtins", "bytearray", CLASS_BYTEARRAY },
  { "__builtin__", "bytearray", CLASS_BYTEARRAY },
  { "pathlib", "PosixPath", CLASS_PATH },
  { "pathlib", "WindowsPath", CLASS_PATH },
  { "pathlib", "PurePosixPath", CLASS_PATH },
  { "pathlib", "PureWindowsPath", CLASS_PATH },
  { "pathlib._local", "PosixPath", CLASS_PATH },
  { "pathlib._local", "WindowsPath", CLASS_PATH },
};

/* The first failure is kept. Returns NULL, for the caller to return. */
MgPickleValue *
_mg_pickle_fail (MgPickle *pickle, const char *why)
{
  if (pickle->why == NULL)
    pickle->why = why;
  return NULL;
}

static void
value_free (gpointer data)
{
  MgPickleValue *value = data;

  if (value->items != NULL)
    g_ptr_array_unref (value->items);
  g_free (value->array);
  g_free (value);
}

MgPickleValue *
_mg_pickle_new (MgPickle *pickle, MgPickleKind kind)
{
  MgPickleValue *value;

  if (pickle->values == NULL)
    pickle->values = g_ptr_array_new_with_free_func (value_free);
  if (pickle->values->len >= MAX_VALUES)
    return _mg_pickle_fail (pickle, "it holds more objects than a file of labels ever does");
  value = g_new0 (MgPickleValue, 1);
  value->kind = kind;
  g_ptr_array_add (pickle->values, value);
  return value;
}

/**
 * _mg_pickle_free:
 * @pickle: (transfer full): every value of it goes too
 */
void
_mg_pickle_free (MgPickle *pickle)
{
  g_clear_pointer (&pickle->values, g_ptr_array_unref);
  g_clear_pointer (&pickle->copies, g_ptr_array_unref);
  g_free (pickle);
}

void
_mg_pickle_add_item (MgPickleValue *list, MgPickleValue *item)
{
  if (list->items == NULL)
    list->items = g_ptr_array_new ();
  g_ptr_array_add (list->items, item);
}

static gboolean
is_text (const char *text, gsize size, const char *wanted)
{
  return size == strlen (wanted) && memcmp (text, wanted, size) == 0;
}

MgPickleValue *
_mg_pickle_class (MgPickle *pickle, const char *module, gsize module_size, const char *name, gsize name_size)
{
  for (guint i = 0; i < G_N_ELEMENTS (classes); i++)
    if (is_text (module, module_size, classes[i].module) && is_text (name, name_size, classes[i].name))
      {
        MgPickleValue *value = _mg_pickle_new (pickle, MG_PICKLE_CLASS);

        if (value != NULL)
          value->which = classes[i].which;
        return value;
      }
  return _mg_pickle_fail (pickle, "it holds Python objects other than arrays");
}

/* The value at one place of a list; NULL where there is none. */
static const MgPickleValue *
item (const MgPickleValue *list, guint i, MgPickleKind kind)
{
  const MgPickleValue *value = list->items != NULL && i < list->items->len ? list->items->pdata[i] : NULL;

  return value != NULL && value->kind == kind ? value : NULL;
}

/* "<u2", "|u1", "u2", "|O8": FALSE for structures and types without numbers. */
gboolean
_mg_numpy_descr (MgNumpyArray *array, const char *text, gsize size)
{
  array->big_endian = FALSE;
  if (size > 0 && strchr ("<>|=", *text) != NULL && *text != '\0')
    {
      array->big_endian = *text == '>';
      text++;
      size--;
    }
  if (size == 0)
    return FALSE;
  array->kind = text[0] == '?' ? 'b' : text[0];
  array->item_bytes = 0;
  for (gsize i = 1; i < size && i < 6; i++)
    {
      if (!g_ascii_isdigit (text[i]))
        return FALSE;
      array->item_bytes = 10 * array->item_bytes + (guint) (text[i] - '0');
    }
  if (text[0] == '?')
    array->item_bytes = 1;
  return TRUE;
}

static MgPickleValue *
new_array (MgPickle *pickle, MgPickleKind kind)
{
  MgPickleValue *value = _mg_pickle_new (pickle, kind);

  if (value != NULL)
    value->array = g_new0 (MgNumpyArray, 1);
  return value;
}

static MgPickleValue *
call_dtype (MgPickle *pickle, const MgPickleValue *arguments)
{
  const MgPickleValue *text = item (arguments, 0, MG_PICKLE_TEXT);
  MgPickleValue *value;

  if (text == NULL)
    text = item (arguments, 0, MG_PICKLE_BYTES);
  value = new_array (pickle, MG_PICKLE_DTYPE);
  if (value == NULL)
    return NULL;
  /* a kind without numbers, and a structure, is one that no mask has */
  if (text == NULL || !_mg_numpy_descr (value->array, (const char *) text->data, text->size))
    value->array->kind = 'V';
  return value;
}

/* Python 3 writes bytes in protocol 2 as Latin-1 text to be turned back. */
static MgPickleValue *
call_encode (MgPickle *pickle, const MgPickleValue *arguments)
{
  const MgPickleValue *text = item (arguments, 0, MG_PICKLE_TEXT);
  const char *from, *end;
  MgPickleValue *value;
  guint8 *bytes, *to;

  if (text == NULL)
    return _mg_pickle_fail (pickle, "it is damaged");
  if (text->size > pickle->max_copied - pickle->copied)
    return _mg_pickle_fail (pickle, "it unpacks to more than it holds");
  value = _mg_pickle_new (pickle, MG_PICKLE_BYTES);
  if (value == NULL)
    return NULL;
  pickle->copied += text->size;
  if (pickle->copies == NULL)
    pickle->copies = g_ptr_array_new_with_free_func (g_free);
  bytes = to = g_malloc (text->size + 1);
  g_ptr_array_add (pickle->copies, bytes);
  from = (const char *) text->data;
  for (end = from + text->size; from < end; from++)
    if ((guint8) *from < 0x80)
      *to++ = (guint8) *from;
    else if (((guint8) *from == 0xc2 || (guint8) *from == 0xc3) && from + 1 < end)
      {
        *to++ = (guint8) (((guint8) from[0] & 3) << 6 | ((guint8) from[1] & 0x3f));
        from++;
      }
    else
      return _mg_pickle_fail (pickle, "it is damaged");
  value->data = bytes;
  value->size = (gsize) (to - bytes);
  return value;
}

static gboolean
take_shape (MgNumpyArray *array, const MgPickleValue *shape)
{
  guint n = shape != NULL && shape->items != NULL ? shape->items->len : 0;

  if (shape == NULL || n > MG_PICKLE_MAX_DIMS)
    return FALSE;
  for (guint i = 0; i < n; i++)
    {
      const MgPickleValue *extent = item (shape, i, MG_PICKLE_NUMBER);

      if (extent == NULL || !(extent->number >= 0 && extent->number < 1e15))
        return FALSE;
      array->shape[i] = (guint64) extent->number;
    }
  array->n_dims = n;
  return TRUE;
}

/* dtype: what the items are; bytes: (nullable): a list of objects has none */
static void
set_array (MgPickle *pickle, MgPickleValue *value, const MgPickleValue *shape, const MgPickleValue *dtype, const MgPickleValue *bytes)
{
  MgNumpyArray *array = value->array;

  if (dtype == NULL || !take_shape (array, shape))
    {
      _mg_pickle_fail (pickle, "an array in it is damaged");
      return;
    }
  array->kind = dtype->array->kind;
  array->item_bytes = dtype->array->item_bytes;
  array->big_endian = dtype->array->big_endian;
  array->data = bytes != NULL ? bytes->data : NULL;
  array->size = bytes != NULL ? bytes->size : 0;
}

static MgPickleValue *
call_from_buffer (MgPickle *pickle, const MgPickleValue *arguments)
{
  MgPickleValue *value = new_array (pickle, MG_PICKLE_ARRAY);
  const MgPickleValue *order = item (arguments, 3, MG_PICKLE_TEXT);

  if (value == NULL)
    return NULL;
  set_array (pickle, value, item (arguments, 2, MG_PICKLE_LIST), item (arguments, 1, MG_PICKLE_DTYPE),
             item (arguments, 0, MG_PICKLE_BYTES));
  value->array->fortran = order != NULL && is_text ((const char *) order->data, order->size, "F");
  return value;
}

/* What a call would give, put together from the arguments; nothing is called. */
MgPickleValue *
_mg_pickle_call (MgPickle *pickle, const MgPickleValue *callee, MgPickleValue *arguments)
{
  const MgPickleValue *bytes;

  if (callee->kind != MG_PICKLE_CLASS || arguments->kind != MG_PICKLE_LIST)
    return _mg_pickle_fail (pickle, "it is damaged");
  switch (callee->which)
    {
    case CLASS_RECONSTRUCT:
    case CLASS_NDARRAY:
      return new_array (pickle, MG_PICKLE_ARRAY);
    case CLASS_FROM_BUFFER:
      return call_from_buffer (pickle, arguments);
    case CLASS_DTYPE:
      return call_dtype (pickle, arguments);
    case CLASS_ENCODE:
      return call_encode (pickle, arguments);
    case CLASS_DICT:
      return _mg_pickle_new (pickle, MG_PICKLE_DICT);
    case CLASS_BYTEARRAY:
      bytes = item (arguments, 0, MG_PICKLE_BYTES);
      return bytes != NULL ? arguments->items->pdata[0] : _mg_pickle_new (pickle, MG_PICKLE_OTHER);
    default:
      return _mg_pickle_new (pickle, MG_PICKLE_OTHER);
    }
}

/* The objects of an array are in a list in its state. */
static void
take_objects (MgPickleValue *array, const MgPickleValue *list)
{
  g_clear_pointer (&array->items, g_ptr_array_unref);
  if (list != NULL && list->items != NULL)
    array->items = g_ptr_array_ref (list->items);
}

/* NumPy's __setstate__: of dtypes (version, byte order, …), of arrays
 * (version, shape, dtype, is it Fortran's order, bytes or a list). */
void
_mg_pickle_set_state (MgPickle *pickle, MgPickleValue *object, const MgPickleValue *state)
{
  const MgPickleValue *text = item (state, 1, MG_PICKLE_TEXT), *number;

  if (object->kind == MG_PICKLE_DTYPE)
    {
      if (text != NULL && text->size > 0)
        object->array->big_endian = text->data[0] == '>';
      return;
    }
  if (object->kind != MG_PICKLE_ARRAY)
    return;
  set_array (pickle, object, item (state, 1, MG_PICKLE_LIST), item (state, 2, MG_PICKLE_DTYPE), item (state, 4, MG_PICKLE_BYTES));
  take_objects (object, item (state, 4, MG_PICKLE_LIST));
  number = item (state, 3, MG_PICKLE_NUMBER);
  object->array->fortran = number != NULL && number->number != 0;
}

/* The value of a dict's key that is a text; NULL where there is none. */
const MgPickleValue *
_mg_pickle_find (const MgPickleValue *dict, const char *key)
{
  const MgPickleValue *found = NULL;

  for (guint i = 0; dict->items != NULL && i + 1 < dict->items->len; i += 2)
    {
      const MgPickleValue *at = dict->items->pdata[i];

      if ((at->kind == MG_PICKLE_TEXT || at->kind == MG_PICKLE_BYTES) && is_text ((const char *) at->data, at->size, key))
        found = dict->items->pdata[i + 1];
    }
  return found;
}
