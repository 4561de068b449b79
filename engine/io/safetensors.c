#include "io/safetensors.h"

#include "base/mem.h"
#include "io/atomic-file.h"
#include "io/io-private.h"
#include "io/strict-json.h"

#include <string.h>

/* The format (huggingface/safetensors, README): 8 bytes of header length,
 * little endian; a JSON object of that length, padded with spaces; the
 * tensors' bytes, little endian, row major, without holes. */

G_STATIC_ASSERT (G_BYTE_ORDER == G_LITTLE_ENDIAN);

#define LENGTH_BYTES 8
#define METADATA_KEY "__metadata__"

/* A tensor as the header has it, before it is checked against the others. */
typedef struct
{
  MgSafetensor tensor;
  guint64 begin, end; /* bytes within the data */
} Entry;

struct _MgSafetensors
{
  GBytes *bytes;
  float *copy;     /* of the data, where the file's own is not aligned */
  GArray *entries; /* of Entry, by where they begin */
  GHashTable *by_name;
  GHashTable *metadata;
};

static void
entry_clear (gpointer data)
{
  g_free (((Entry *) data)->tensor.name);
}

/**
 * mg_safetensors_free:
 * @file: (transfer full): the data of its tensors goes with it
 */
void
mg_safetensors_free (MgSafetensors *file)
{
  g_hash_table_destroy (file->by_name);
  g_hash_table_destroy (file->metadata);
  g_array_unref (file->entries);
  g_bytes_unref (file->bytes);
  mg_free_aligned (file->copy);
  g_free (file);
}

static gboolean
parse_metadata (MgSafetensors *file, MgStrictJson *json)
{
  gboolean first = TRUE;

  if (!_mg_strict_json_take (json, '{'))
    return FALSE;
  while (_mg_strict_json_next (json, '}', &first))
    {
      g_autofree char *key = _mg_strict_json_string (json);
      g_autofree char *value = NULL;

      if (!_mg_strict_json_take (json, ':') || (value = _mg_strict_json_string (json)) == NULL)
        return FALSE;
      if (g_hash_table_contains (file->metadata, key))
        return _mg_strict_json_fail (json, "its header has a key twice");
      g_hash_table_insert (file->metadata, g_steal_pointer (&key), g_steal_pointer (&value));
    }
  return json->why == NULL;
}

static gboolean
parse_shape (MgSafetensor *tensor, MgStrictJson *json)
{
  gboolean first = TRUE;
  guint64 extent;

  tensor->n_values = 1;
  if (!_mg_strict_json_take (json, '['))
    return FALSE;
  while (_mg_strict_json_next (json, ']', &first))
    {
      if (!_mg_strict_json_count (json, &extent))
        return FALSE;
      if (tensor->n_dims == G_N_ELEMENTS (tensor->shape))
        return _mg_strict_json_fail (json, "one of its arrays has more than 8 axes");
      if (!mg_size_mul (tensor->n_values, extent, &tensor->n_values))
        return _mg_strict_json_fail (json, "one of its arrays is far too large");
      tensor->shape[tensor->n_dims++] = (gint64) extent;
    }
  return json->why == NULL;
}

static gboolean
parse_offsets (Entry *entry, MgStrictJson *json)
{
  return _mg_strict_json_take (json, '[') && _mg_strict_json_count (json, &entry->begin) &&
         _mg_strict_json_take (json, ',') && _mg_strict_json_count (json, &entry->end) &&
         _mg_strict_json_take (json, ']');
}

static gboolean
parse_dtype (MgStrictJson *json)
{
  g_autofree char *dtype = _mg_strict_json_string (json);

  if (dtype == NULL)
    return FALSE;
  if (strcmp (dtype, "F32") != 0)
    return _mg_strict_json_fail (json, "its numbers are not all 32-bit floats (F32), which is all that is read");
  return TRUE;
}

static gboolean
parse_entry (Entry *entry, MgStrictJson *json)
{
  static const char *const keys[] = { "dtype", "shape", "data_offsets" };
  guint seen = 0;
  gboolean first = TRUE, ok = TRUE;
  gsize bytes;

  if (!_mg_strict_json_take (json, '{'))
    return FALSE;
  while (ok && _mg_strict_json_next (json, '}', &first))
    {
      g_autofree char *key = _mg_strict_json_string (json);
      guint i = 0;

      if (!_mg_strict_json_take (json, ':'))
        return FALSE;
      while (i < G_N_ELEMENTS (keys) && strcmp (key, keys[i]) != 0)
        i++;
      if (i == G_N_ELEMENTS (keys) || (seen & 1u << i) != 0)
        return _mg_strict_json_fail (json, "its header says something of an array that is not known, or twice");
      seen |= 1u << i;
      ok = i == 0 ? parse_dtype (json) : i == 1 ? parse_shape (&entry->tensor, json)
                                                : parse_offsets (entry, json);
    }
  if (json->why != NULL)
    return FALSE;
  if (seen != 7)
    return _mg_strict_json_fail (json, "its header does not say the type, shape and place of every array");
  if (!mg_size_mul (entry->tensor.n_values, sizeof (float), &bytes) || entry->end < entry->begin ||
      entry->end - entry->begin != bytes)
    return _mg_strict_json_fail (json, "the shape of one of its arrays does not fit its place");
  return TRUE;
}

static gboolean
parse_header (MgSafetensors *file, MgStrictJson *json)
{
  gboolean first = TRUE, has_metadata = FALSE;
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);

  if (json->at == json->end || *json->at != '{' || !_mg_strict_json_take (json, '{'))
    return _mg_strict_json_fail (json, "its header is not JSON as it should be");
  while (_mg_strict_json_next (json, '}', &first))
    {
      Entry entry = { { _mg_strict_json_string (json) } };
      gboolean ok;

      if (entry.tensor.name == NULL)
        return FALSE;
      ok = _mg_strict_json_take (json, ':');
      if (ok && strcmp (entry.tensor.name, METADATA_KEY) == 0)
        {
          g_free (entry.tensor.name);
          if (has_metadata)
            return _mg_strict_json_fail (json, "its header has a key twice");
          has_metadata = TRUE;
          if (!parse_metadata (file, json))
            return FALSE;
          continue;
        }
      if (ok && !g_hash_table_add (names, entry.tensor.name))
        ok = _mg_strict_json_fail (json, "its header has a key twice");
      if (!ok || !parse_entry (&entry, json))
        {
          g_hash_table_remove (names, entry.tensor.name);
          g_free (entry.tensor.name);
          return FALSE;
        }
      g_array_append_val (file->entries, entry);
    }
  return json->why == NULL && (_mg_strict_json_end (json) || _mg_strict_json_fail (json, "there is more after its header"));
}

static int
compare_begin (gconstpointer a, gconstpointer b)
{
  const Entry *x = a, *y = b;

  if (x->begin != y->begin)
    return x->begin < y->begin ? -1 : 1;
  return x->end < y->end ? -1 : x->end > y->end;
}

/* Every byte of the data belongs to one array, and there are no others. */
static const char *
check_places (MgSafetensors *file, guint64 data_bytes)
{
  guint64 next = 0;

  g_array_sort (file->entries, compare_begin);
  for (guint i = 0; i < file->entries->len; i++)
    {
      const Entry *entry = &g_array_index (file->entries, Entry, i);

      if (entry->begin < next)
        return "its arrays overlap";
      if (entry->begin > next)
        return "there are holes between its arrays";
      next = entry->end;
    }
  return next > data_bytes   ? "it ends before all of its arrays (it was cut short; copy it again)"
         : next < data_bytes ? "it goes on after its last array"
                             : NULL;
}

static gboolean
set_data (MgSafetensors *file, const guint8 *data, gsize size, GError **error)
{
  /* files of old writers may begin their data anywhere */
  if ((gsize) data % sizeof (float) != 0)
    {
      file->copy = mg_try_alloc (size, "the arrays of a model", error);
      if (file->copy == NULL)
        return FALSE;
      memcpy (file->copy, data, size);
      data = (const guint8 *) file->copy;
    }
  for (guint i = 0; i < file->entries->len; i++)
    {
      Entry *entry = &g_array_index (file->entries, Entry, i);

      entry->tensor.data = (const float *) (data + entry->begin);
      g_hash_table_insert (file->by_name, entry->tensor.name, entry);
    }
  return TRUE;
}

static GBytes *
map_file (GFile *file, GError **error)
{
  const char *path = g_file_peek_path (file);
  g_autoptr (GMappedFile) mapped = NULL;

  if (path == NULL)
    return g_file_load_bytes (file, NULL, NULL, error);
  if (g_file_test (path, G_FILE_TEST_EXISTS) && !g_file_test (path, G_FILE_TEST_IS_REGULAR))
    {
      g_set_error_literal (error, MG_ERROR, MG_ERROR_FORMAT, "this is a folder or a device, not a file");
      return NULL;
    }
  mapped = g_mapped_file_new (path, FALSE, error);
  return mapped != NULL ? g_mapped_file_get_bytes (mapped) : NULL;
}

/* Says what is wrong with the length, before anything is read by it. */
static const char *
check_length (const guint8 *bytes, gsize size, guint64 *length)
{
  if (size < LENGTH_BYTES)
    return "it is too short for a safetensors file";
  memcpy (length, bytes, sizeof *length);
  *length = GUINT64_FROM_LE (*length);
  if (*length > size - LENGTH_BYTES)
    return "it is not a safetensors file, or was cut short (its header would be longer than the file)";
  if (*length > MG_SAFETENSORS_MAX_HEADER_BYTES)
    return "its header is larger than any model's";
  return NULL;
}

/**
 * mg_safetensors_open:
 * @file: a safetensors file with arrays of 32-bit floats
 *
 * Maps a file and checks all of its header: length, JSON, types, shapes and
 * places. Nothing the file says is believed before that, and no memory of a
 * size that it names is taken. Any thread.
 *
 * Returns: (transfer full): %NULL with an error naming the file
 */
MgSafetensors *
mg_safetensors_open (GFile *file,
                     GError **error)
{
  g_autoptr (GBytes) bytes = map_file (file, error);
  g_autoptr (MgSafetensors) self = NULL;
  MgStrictJson json = { 0 };
  const guint8 *data;
  const char *why;
  gsize size;
  guint64 length = 0;

  if (bytes == NULL)
    {
      _mg_io_prefix_error (error, file);
      return NULL;
    }
  data = g_bytes_get_data (bytes, &size);
  why = check_length (data, size, &length);
  if (why == NULL)
    {
      self = g_new0 (MgSafetensors, 1);
      self->bytes = g_bytes_ref (bytes);
      self->entries = g_array_new (FALSE, FALSE, sizeof (Entry));
      g_array_set_clear_func (self->entries, entry_clear);
      self->by_name = g_hash_table_new (g_str_hash, g_str_equal);
      self->metadata = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
      json = (MgStrictJson){ (const char *) data + LENGTH_BYTES, (const char *) data + LENGTH_BYTES + length };
      why = parse_header (self, &json) ? check_places (self, size - LENGTH_BYTES - length) : json.why;
    }
  if (why != NULL)
    {
      _mg_io_set_error (error, MG_ERROR_FORMAT, file, "this model cannot be read: %s", why);
      return NULL;
    }
  if (!set_data (self, data + LENGTH_BYTES + length, size - LENGTH_BYTES - length, error))
    {
      _mg_io_prefix_error (error, file);
      return NULL;
    }
  return g_steal_pointer (&self);
}

/**
 * mg_safetensors_get_metadata:
 * @key: of the `__metadata__` object
 *
 * Returns: (transfer none) (nullable): its text
 */
const char *
mg_safetensors_get_metadata (MgSafetensors *file,
                             const char *key)
{
  return g_hash_table_lookup (file->metadata, key);
}

/**
 * mg_safetensors_get_n:
 *
 * Returns: how many tensors there are
 */
guint
mg_safetensors_get_n (MgSafetensors *file)
{
  return file->entries->len;
}

/**
 * mg_safetensors_get:
 * @index: below mg_safetensors_get_n()
 *
 * Returns: (transfer none): a tensor, in the order of their data
 */
const MgSafetensor *
mg_safetensors_get (MgSafetensors *file,
                    guint index)
{
  g_return_val_if_fail (index < file->entries->len, NULL);
  return &g_array_index (file->entries, Entry, index).tensor;
}

/**
 * mg_safetensors_find:
 * @name: a tensor's
 *
 * Returns: (transfer none) (nullable): the tensor
 */
const MgSafetensor *
mg_safetensors_find (MgSafetensors *file,
                     const char *name)
{
  const Entry *entry = g_hash_table_lookup (file->by_name, name);

  return entry != NULL ? &entry->tensor : NULL;
}

/* Whether a tensor to be written makes sense; its bytes are added to `end`. */
static gboolean
check_tensor (const MgSafetensor *tensor, GHashTable *names, gsize *end)
{
  gsize n = 1, bytes;

  if (tensor->n_dims < 0 || tensor->n_dims > (int) G_N_ELEMENTS (tensor->shape))
    return FALSE;
  for (int i = 0; i < tensor->n_dims; i++)
    if (tensor->shape[i] < 0 || !mg_size_mul (n, (gsize) tensor->shape[i], &n))
      return FALSE;
  return n == tensor->n_values && mg_size_mul (n, sizeof (float), &bytes) &&
         !__builtin_add_overflow (*end, bytes, end) && tensor->name != NULL &&
         g_utf8_validate (tensor->name, -1, NULL) && strcmp (tensor->name, METADATA_KEY) != 0 &&
         g_hash_table_add (names, tensor->name);
}

static gboolean
append_metadata (GString *header, const char *const *metadata)
{
  g_string_append (header, "\"" METADATA_KEY "\":{");
  for (guint i = 0; metadata[i] != NULL; i += 2)
    {
      if (metadata[i + 1] == NULL || !g_utf8_validate (metadata[i], -1, NULL) || !g_utf8_validate (metadata[i + 1], -1, NULL))
        return FALSE;
      if (i > 0)
        g_string_append_c (header, ',');
      _mg_strict_json_quote (header, metadata[i]);
      g_string_append_c (header, ':');
      _mg_strict_json_quote (header, metadata[i + 1]);
    }
  g_string_append_c (header, '}');
  return TRUE;
}

/* The JSON text, padded so that the data after it is aligned; NULL when an
 * argument makes no sense. */
static GString *
make_header (const MgSafetensor *tensors, guint n_tensors, const char *const *metadata)
{
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);
  GString *header = g_string_new ("{");
  gsize begin = 0, end = 0;
  gboolean ok = metadata == NULL || append_metadata (header, metadata);

  for (guint i = 0; i < n_tensors && ok; i++, begin = end)
    {
      const MgSafetensor *tensor = &tensors[i];

      ok = check_tensor (tensor, names, &end);
      if (!ok)
        break;
      if (header->len > 1)
        g_string_append_c (header, ',');
      _mg_strict_json_quote (header, tensor->name);
      g_string_append (header, ":{\"dtype\":\"F32\",\"shape\":[");
      for (int j = 0; j < tensor->n_dims; j++)
        g_string_append_printf (header, j > 0 ? ",%" G_GINT64_FORMAT : "%" G_GINT64_FORMAT, tensor->shape[j]);
      g_string_append_printf (header, "],\"data_offsets\":[%" G_GSIZE_FORMAT ",%" G_GSIZE_FORMAT "]}", begin, end);
    }
  g_string_append_c (header, '}');
  while (header->len % LENGTH_BYTES != 0)
    g_string_append_c (header, ' ');
  if (ok && header->len <= MG_SAFETENSORS_MAX_HEADER_BYTES)
    return header;
  g_string_free (header, TRUE);
  return NULL;
}

/**
 * mg_safetensors_write:
 * @file: the target; replaced whole or not at all
 * @tensors: in the order they are written in; names of their own
 * @metadata: (nullable): key, value, …, %NULL
 *
 * The same arguments give the same bytes. Any thread.
 *
 * Returns: FALSE with %MG_ERROR_SHAPE when the arguments cannot be written, or
 *   an error naming the file
 */
gboolean
mg_safetensors_write (GFile *file,
                      const MgSafetensor *tensors,
                      guint n_tensors,
                      const char *const *metadata,
                      GError **error)
{
  GString *header = make_header (tensors, n_tensors, metadata);
  g_autoptr (MgAtomicFile) atomic = NULL;
  guint64 length;
  gboolean ok;

  if (header == NULL)
    {
      _mg_io_set_error (error, MG_ERROR_SHAPE, file,
                        "it cannot be saved: an array's name is taken or no text, or its shape does not fit its values");
      return FALSE;
    }
  length = GUINT64_TO_LE (header->len);
  atomic = mg_atomic_file_new (file, error);
  ok = atomic != NULL && mg_atomic_file_write (atomic, &length, sizeof length, error) &&
       mg_atomic_file_write (atomic, header->str, header->len, error);
  g_string_free (header, TRUE);
  for (guint i = 0; i < n_tensors && ok; i++)
    ok = mg_atomic_file_write (atomic, tensors[i].data, tensors[i].n_values * sizeof (float), error);
  return ok && mg_atomic_file_commit (atomic, error);
}
