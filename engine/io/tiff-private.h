#pragma once

#include "image/image.h"
#include "image/tile-cache.h"

#include <tiffio.h>

/* No single piece of memory for a file is larger than this. */
#define MG_TIFF_MAX_ALLOC_BYTES ((gint64) 256 << 20)

/* An open file: a GIO stream, the libtiff handle on it, and the messages that
 * libtiff gave. `mutex` guards the handle; reading bytes needs no lock. */
typedef struct
{
  GFile *file;
  GInputStream *stream;
  int fd; /* -1: not a local file, read through `stream` */
  GMutex stream_mutex;
  guint64 size;
  guint64 position; /* libtiff's */
  GMutex mutex;
  TIFF *tif;
  guint64 current_ifd;
  guint32 next_row; /* of the current page, where decoding by rows got to; 0: nowhere */
  guint next_sample;
  char *message; /* the first error since the last look */
} MgTiffSource;

MgTiffSource *_mg_tiff_source_open (GFile *file,
                                    GCancellable *cancellable,
                                    GError **error);
void _mg_tiff_source_free (MgTiffSource *source);
gboolean _mg_tiff_source_pread (MgTiffSource *source,
                                guint64 offset,
                                gpointer dst,
                                gsize size,
                                GError **error);
void _mg_tiff_source_set_error (MgTiffSource *source,
                                GError **error,
                                MgError code,
                                const char *format,
                                ...) G_GNUC_PRINTF (4, 5);
gboolean _mg_tiff_source_select (MgTiffSource *source,
                                 guint64 ifd,
                                 GError **error);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MgTiffSource, _mg_tiff_source_free)

/* How the samples of a page are reached. */
typedef enum
{
  MG_TIFF_DIRECT, /* uncompressed: bytes of any row, without libtiff */
  MG_TIFF_CHUNKS, /* whole strips or tiles */
  MG_TIFF_BANDS,  /* strips too large to hold: some rows at a time */
  MG_TIFF_RGBA,   /* colour models that libtiff turns into 8-bit RGB */
} MgTiffWay;

/* What one page (IFD) says of itself, checked. */
typedef struct
{
  guint64 ifd;
  guint32 width, height;
  guint32 subfile;
  guint16 samples, bits, format, photometric, compression;
  guint16 n_alpha; /* of the last samples, how many are alpha */
  gboolean planar, tiled, lsb_first, big_endian, swapped;
  MgTiffWay way;
  guint32 chunk_width, chunk_height; /* a strip is as wide as the page */
  MgPixelType stored;                /* 16-bit floats: U16 with `half` */
  gboolean half;
  guint64 only_strip; /* offset, when the page is one uncompressed strip; else 0 */
} MgTiffPage;

gboolean _mg_tiff_page_parse (MgTiffSource *source,
                              gboolean as_stored,
                              MgTiffPage *page,
                              GError **error);
gboolean _mg_tiff_page_alike (const MgTiffPage *a,
                              const MgTiffPage *b);
gsize _mg_tiff_page_sample_bytes (const MgTiffPage *page);
guint _mg_tiff_max_expansion (guint16 compression);

gboolean _mg_tiff_read_samples (MgTiffSource *source,
                                MgTileCache *cache,
                                const MgTiffPage *page,
                                guint64 shift,
                                guint sample,
                                const MgRect *rect,
                                gpointer dst,
                                gsize stride,
                                GCancellable *cancellable,
                                GError **error);
void _mg_tiff_unpack (const guint8 *src,
                      gsize first_bit,
                      const MgTiffPage *page,
                      gboolean host_order,
                      gpointer dst,
                      gsize n);
