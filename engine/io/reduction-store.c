#include "io/reduction-store.h"

#include "image/convert.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include <utime.h>

/* Of all pyramids together; the ones not used for longest go first. */
#define TOTAL_BYTES ((guint64) 8 << 30)

/* This much of the disk stays free. */
#define SPARE_BYTES ((guint64) 1 << 30)

/* Without room on the disk, this much is kept in memory. */
#define MEMORY_BYTES ((guint64) 24 << 20)

#define MAGIC        "MGPYRAM1"
#define HEADER_BYTES 4096
#define KEY_BYTES    64
#define MAX_LEVELS   32

typedef struct
{
  char magic[8];
  guint32 type, first, n_levels, width, height, reserved;
  char key[KEY_BYTES];
} Header;

typedef struct
{
  int width, height;
  guint64 offset;
  gsize pitch;      /* samples, padding to 8 bytes, and the row's sum */
  guint8 *verified; /* one a row: its sum was found right; atomic enough as bytes */
} Level;

struct _MgReductionStore
{
  Header header;
  MgPixelType type;
  int fd;         /* -1: in memory */
  guint8 *memory; /* (nullable) */
  guint64 size;
  char *path;               /* (nullable): where it is or will be */
  Level levels[MAX_LEVELS]; /* by level; those before the first are empty */
};

/* Eight bits and sixteen are kept as they are, all else as floats. */
static MgPixelType
choose_type (const MgImageInfo *info)
{
  return info->type == MG_PIXEL_U8 || info->type == MG_PIXEL_U16 ? info->type : MG_PIXEL_F32;
}

/* A multiply and a shift for eight bytes: enough for damage, no cryptography. */
static guint64
sum_row (const guint8 *data, gsize size)
{
  guint64 sum = G_GUINT64_CONSTANT (0x9e3779b97f4a7c15) ^ size, word;

  for (gsize i = 0; i + sizeof word <= size; i += sizeof word)
    {
      memcpy (&word, data + i, sizeof word);
      sum = (sum ^ word) * G_GUINT64_CONSTANT (0xff51afd7ed558ccd);
      sum ^= sum >> 32;
    }
  return sum;
}

static char *
get_folder (void)
{
  return g_build_filename (g_get_user_cache_dir (), "micrographia", "pyramids", NULL);
}

static void
lay_out (MgReductionStore *store, const MgReductionShape *shape, int first)
{
  gsize sample = mg_pixel_type_size (store->type);

  store->size = HEADER_BYTES;
  for (int k = first; k < MIN (shape->n_levels, MAX_LEVELS); k++)
    {
      Level *level = &store->levels[k];

      mg_image_level_size (shape->info, k, &level->width, &level->height);
      level->offset = store->size;
      level->pitch = ((gsize) level->width * sample + 7) / 8 * 8 + sizeof (guint64);
      store->size += level->pitch * (guint64) level->height;
    }
  store->header.first = (guint32) first;
}

static MgReductionStore *
store_new (const char *key, const MgReductionShape *shape)
{
  MgReductionStore *store = g_new0 (MgReductionStore, 1);
  g_autofree char *sum = g_compute_checksum_for_string (G_CHECKSUM_SHA256, key, -1);
  g_autofree char *folder = get_folder ();
  g_autofree char *name = g_strconcat (sum, ".pyramid", NULL);

  store->type = choose_type (shape->info);
  store->fd = -1;
  memcpy (store->header.magic, MAGIC, sizeof store->header.magic);
  memcpy (store->header.key, sum, KEY_BYTES);
  store->header.type = store->type;
  store->header.n_levels = (guint32) shape->n_levels;
  store->header.width = (guint32) shape->info->width;
  store->header.height = (guint32) shape->info->height;
  lay_out (store, shape, shape->first);
  store->path = g_build_filename (folder, name, NULL);
  return store;
}

static void
make_bitmaps (MgReductionStore *store)
{
  for (int k = 0; k < MAX_LEVELS; k++)
    if (store->levels[k].height > 0)
      store->levels[k].verified = g_malloc0 (store->levels[k].height);
}

void
_mg_reduction_store_free (MgReductionStore *store)
{
  if (store->fd >= 0)
    close (store->fd);
  for (int k = 0; k < MAX_LEVELS; k++)
    g_free (store->levels[k].verified);
  g_free (store->memory);
  g_free (store->path);
  g_free (store);
}

/* A finished one from another time; NULL when there is none, or none that can
 * be trusted. */
MgReductionStore *
_mg_reduction_store_open (const char *key,
                          const MgReductionShape *shape)
{
  MgReductionStore *store = store_new (key, shape);
  Header header;

  store->fd = g_open (store->path, O_RDONLY | O_CLOEXEC, 0);
  if (store->fd >= 0 && pread (store->fd, &header, sizeof header, 0) == sizeof header &&
      memcmp (&header, &store->header, sizeof header) == 0 && (guint64) lseek (store->fd, 0, SEEK_END) == store->size)
    {
      make_bitmaps (store);
      g_utime (store->path, NULL); /* used just now */
      return store;
    }
  if (store->fd >= 0)
    g_unlink (store->path);
  _mg_reduction_store_free (store);
  return NULL;
}

static gboolean
has_room (const char *folder, guint64 size)
{
  struct statvfs fs;

  return size <= TOTAL_BYTES && statvfs (folder, &fs) == 0 && (guint64) fs.f_bavail * fs.f_frsize > size + SPARE_BYTES;
}

/* An empty one, in memory when the disk has no room for it. */
MgReductionStore *
_mg_reduction_store_new (const char *key,
                         const MgReductionShape *shape)
{
  MgReductionStore *store = store_new (key, shape);
  g_autofree char *folder = get_folder ();

  if (g_mkdir_with_parents (folder, 0700) == 0 && has_room (folder, store->size))
    /* without a name until it is complete: nothing is left of one that is not */
    store->fd = open (folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  for (int first = shape->first + 1; store->fd < 0 && store->size > MEMORY_BYTES && first < shape->n_levels; first++)
    {
      memset (store->levels, 0, sizeof store->levels);
      lay_out (store, shape, first);
    }
  if (store->fd < 0)
    store->memory = g_malloc0 (store->size);
  make_bitmaps (store);
  return store;
}

int
_mg_reduction_store_get_first (MgReductionStore *store)
{
  return (int) store->header.first;
}

/* Of the samples as they are kept. */
MgPixelType
_mg_reduction_store_get_type (MgReductionStore *store)
{
  return store->type;
}

static gboolean
put (MgReductionStore *store, guint64 offset, gconstpointer data, gsize size)
{
  gsize done = 0;

  if (store->memory != NULL)
    {
      memcpy (store->memory + offset, data, size);
      return TRUE;
    }
  while (done < size)
    {
      gssize n = pwrite (store->fd, (const guint8 *) data + done, size - done, (off_t) (offset + done));

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return FALSE;
      done += n;
    }
  return TRUE;
}

static gboolean
get (MgReductionStore *store, guint64 offset, gpointer data, gsize size)
{
  gsize done = 0;

  if (store->memory != NULL)
    {
      memcpy (data, store->memory + offset, size);
      return TRUE;
    }
  while (done < size)
    {
      gssize n = pread (store->fd, (guint8 *) data + done, size - done, (off_t) (offset + done));

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return FALSE;
      done += n;
    }
  return TRUE;
}

/* Row `y` of a level; levels before the first kept are passed over. FALSE when
 * the disk is full or broken. */
gboolean
_mg_reduction_store_write (MgReductionStore *store,
                           int level,
                           int y,
                           const float *row)
{
  const Level *l = &store->levels[level];
  g_autofree guint8 *bytes = NULL;
  guint64 sum;

  if (level < (int) store->header.first)
    return TRUE;
  bytes = g_malloc0 (l->pitch);
  mg_convert_from_float (store->type, 0, row, bytes, l->width);
  sum = sum_row (bytes, l->pitch - sizeof sum);
  memcpy (bytes + l->pitch - sizeof sum, &sum, sizeof sum);
  return put (store, l->offset + (guint64) y * l->pitch, bytes, l->pitch);
}

typedef struct
{
  char *path;
  guint64 size;
  gint64 used;
} Old;

static void
old_clear (gpointer data)
{
  g_free (((Old *) data)->path);
}

static int
compare_old (gconstpointer a, gconstpointer b)
{
  const Old *x = a, *y = b;

  return (x->used > y->used) - (x->used < y->used);
}

/* Keeps the folder within its size. */
static void
remove_oldest (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  g_autoptr (GArray) files = g_array_new (FALSE, FALSE, sizeof (Old));
  guint64 total = 0;
  const char *name;

  g_array_set_clear_func (files, old_clear);
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      Old old = { g_build_filename (folder, name, NULL), 0, 0 };
      GStatBuf info;

      if (g_stat (old.path, &info) != 0)
        memset (&info, 0, sizeof info);
      old.size = (guint64) info.st_size;
      old.used = info.st_mtime;
      if (g_str_has_suffix (name, ".pyramid"))
        {
          g_array_append_val (files, old);
          total += old.size;
        }
      else
        g_free (old.path);
    }
  g_array_sort (files, compare_old);
  for (guint i = 0; i + 1 < files->len && total > TOTAL_BYTES; i++)
    {
      g_unlink (g_array_index (files, Old, i).path);
      total -= g_array_index (files, Old, i).size;
    }
}

/* Makes a complete one known to later runs, all at once. */
void
_mg_reduction_store_commit (MgReductionStore *store)
{
  g_autofree char *folder = get_folder ();
  g_autofree char *part = g_strdup_printf ("%s.%x", store->path, g_random_int ());
  g_autofree char *unnamed = g_strdup_printf ("/proc/self/fd/%d", store->fd);
  guint8 header[HEADER_BYTES] = { 0 };

  if (store->fd < 0)
    return;
  memcpy (header, &store->header, sizeof store->header);
  if (put (store, 0, header, sizeof header) && linkat (AT_FDCWD, unnamed, AT_FDCWD, part, AT_SYMLINK_FOLLOW) == 0 &&
      g_rename (part, store->path) != 0)
    g_unlink (part);
  remove_oldest (folder);
}

/* A row that was never read is read whole, and its sum looked at. */
static gboolean
verify (MgReductionStore *store, Level *level, int y)
{
  g_autofree guint8 *bytes = NULL;
  guint64 sum;

  if (level->verified[y])
    return TRUE;
  bytes = g_malloc (level->pitch);
  if (!get (store, level->offset + (guint64) y * level->pitch, bytes, level->pitch))
    return FALSE;
  memcpy (&sum, bytes + level->pitch - sizeof sum, sizeof sum);
  level->verified[y] = sum == sum_row (bytes, level->pitch - sizeof sum);
  return level->verified[y];
}

/* Samples as they are kept; FALSE when what is there is not what was written. */
gboolean
_mg_reduction_store_read_raw (MgReductionStore *store,
                              int level,
                              const MgRect *rect,
                              gpointer dst,
                              gsize stride)
{
  Level *l = &store->levels[level];
  gsize sample = mg_pixel_type_size (store->type);

  for (int y = 0; y < rect->height; y++)
    {
      guint64 offset = l->offset + (guint64) (rect->y + y) * l->pitch + sample * rect->x;

      if (!verify (store, l, rect->y + y) || !get (store, offset, (guint8 *) dst + y * stride, sample * rect->width))
        return FALSE;
    }
  return TRUE;
}

/* The same as floats. */
gboolean
_mg_reduction_store_read (MgReductionStore *store,
                          int level,
                          const MgRect *rect,
                          float *dst,
                          gsize stride)
{
  g_autofree guint8 *bytes = g_malloc (mg_pixel_type_size (store->type) * rect->width);

  for (int y = 0; y < rect->height; y++)
    {
      if (!_mg_reduction_store_read_raw (store, level, &(MgRect){ rect->x, rect->y + y, rect->width, 1 }, bytes, 0))
        return FALSE;
      mg_convert_to_float (store->type, bytes, (float *) ((guint8 *) dst + y * stride), rect->width);
    }
  return TRUE;
}

/* Removes a finished one that turned out to be damaged. */
void
_mg_reduction_store_discard (MgReductionStore *store)
{
  if (store->fd >= 0)
    g_unlink (store->path);
}
