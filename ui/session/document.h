#pragma once

#include <gtk/gtk.h>

#include "annotate/annotation.h"
#include "image/histogram.h"
#include "image/pyramid.h"
#include "predict/predictor.h"
#include "project/project.h"
#include "segment/instances.h"
#include "view/composer.h"

typedef enum
{
  MG_DOCUMENT_CLOSED,
  MG_DOCUMENT_LOADING,
  MG_DOCUMENT_READY,
  MG_DOCUMENT_FAILED,
} MgDocumentState;

/* A prediction that can be decoded again with other thresholds. Immutable,
 * reference counted, any thread. */
typedef struct
{
  gatomicrefcount refs;
  MgMaps maps;    /* owned planes */
  MgModel *model; /* owned */
  int width, height;
} MgKeptMaps;

MgKeptMaps *mg_kept_maps_new_take (MgMaps *maps,
                                   MgModel *model,
                                   int width,
                                   int height);
MgKeptMaps *mg_kept_maps_ref (MgKeptMaps *kept);
void mg_kept_maps_unref (MgKeptMaps *kept);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MgKeptMaps, mg_kept_maps_unref)

/* One image of the project as the window has it: file, pixels, annotation,
 * prediction, and how it is shown. Main thread.
 *
 * Properties (read only): "name", "state", "cells" (painted cells, -1 while
 * not known), "predicted" (predicted cells, -1 without a prediction),
 * "thumbnail" (GdkPaintable), "role", "file-state". Signals: "edited": the annotation
 * changed; "journaled" (const GError *, nullable): an edit is on the disk, or
 * why it is not; "prediction-changed"; "channels-changed": another one was
 * counted. */
#define MG_TYPE_DOCUMENT (mg_document_get_type ())
G_DECLARE_FINAL_TYPE (MgDocument, mg_document, MG, DOCUMENT, GObject)

MgDocument *mg_document_new (MgProjectItem *item);
MgProjectItem *mg_document_get_item (MgDocument *self);
void mg_document_set_item (MgDocument *self,
                           MgProjectItem *item);
const char *mg_document_get_name (MgDocument *self);
MgDocumentState mg_document_get_state (MgDocument *self);
const GError *mg_document_get_error (MgDocument *self);
int mg_document_get_cells (MgDocument *self);
MgImage *mg_document_get_image (MgDocument *self);
MgPyramid *mg_document_get_pyramid (MgDocument *self);
MgAnnotation *mg_document_get_annotation (MgDocument *self);
const MgHistogram *mg_document_get_histogram (MgDocument *self,
                                              int channel);
MgChannelView *mg_document_get_channels (MgDocument *self,
                                         int *n_channels);
void mg_document_auto_contrast (MgDocument *self,
                                int channel);
void mg_document_keep_channel (MgDocument *self,
                               int channel);
void mg_document_set_range (MgDocument *self,
                            int channel,
                            double min,
                            double max);
void mg_document_reset_channels (MgDocument *self);
void mg_document_set_up_channels (MgDocument *self);
gboolean mg_document_is_modified (MgDocument *self);
gboolean mg_document_is_saving (MgDocument *self);
gboolean mg_document_is_safe (MgDocument *self);
gboolean mg_document_has_failed_to_save (MgDocument *self);
gint64 mg_document_get_journal_size (MgDocument *self);
void mg_document_retry (MgDocument *self);

void mg_document_load_async (MgDocument *self,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
gboolean mg_document_load_finish (MgDocument *self,
                                  GAsyncResult *result,
                                  char **warning,
                                  GError **error);
void mg_document_close (MgDocument *self);
void mg_document_save_async (MgDocument *self,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
gboolean mg_document_save_finish (MgDocument *self,
                                  GAsyncResult *result,
                                  GError **error);

void mg_document_set_plane (MgDocument *self,
                            int z,
                            int t);
int mg_document_get_plane (MgDocument *self);
MgImage *mg_document_get_plane_image (MgDocument *self);
void mg_document_set_plane_prediction (MgDocument *self,
                                       int plane,
                                       MgInstances *instances,
                                       const MgRect *rect,
                                       MgKeptMaps *maps,
                                       gboolean on_disk);
void mg_document_interpolate_async (MgDocument *self,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
gboolean mg_document_interpolate_finish (MgDocument *self,
                                         GAsyncResult *result,
                                         guint *n_planes,
                                         GError **error);

MgInstances *mg_document_get_prediction (MgDocument *self);
const MgRect *mg_document_get_prediction_rect (MgDocument *self);
MgKeptMaps *mg_document_get_maps (MgDocument *self);
int mg_document_get_predicted (MgDocument *self);
gboolean mg_document_is_preview (MgDocument *self);
void mg_document_set_prediction (MgDocument *self,
                                 MgInstances *instances,
                                 const MgRect *rect,
                                 MgKeptMaps *maps,
                                 gboolean on_disk);
void mg_document_set_preview (MgDocument *self,
                              MgInstances *instances,
                              const MgRect *rect);
void mg_document_end_preview (MgDocument *self);
void mg_document_discard_prediction (MgDocument *self);
void mg_document_discard_plane_prediction (MgDocument *self,
                                           int plane);
void mg_document_look_for_results (MgDocument *self);
void mg_document_discard_all_predictions (MgDocument *self);
void mg_document_store_prediction (MgDocument *self);
GArray *mg_document_list_predicted (MgDocument *self);
guint mg_document_get_n_predicted_planes (MgDocument *self);
MgInstances *mg_document_get_plane_prediction (MgDocument *self,
                                               int plane);
/* What is known of an image's file without opening it. */
typedef enum
{
  MG_FILE_UNKNOWN,
  MG_FILE_WELL,
  MG_FILE_MISSING,
  MG_FILE_BROKEN,
} MgFileState;

MgFileState mg_document_get_file_state (MgDocument *self);
const char *mg_document_get_problem (MgDocument *self);
gboolean mg_document_is_painted (MgDocument *self);
void mg_document_set_file_state (MgDocument *self,
                                 MgFileState state,
                                 const char *problem,
                                 gboolean painted);
MgProjectRole mg_document_get_role (MgDocument *self);
void mg_document_set_role (MgDocument *self,
                           MgProjectRole role);
void mg_document_set_thumbnail (MgDocument *self,
                                GdkPaintable *thumbnail);
void mg_document_set_counted (MgDocument *self,
                              int cells);
void mg_document_file_found (MgDocument *self);
gboolean mg_document_wants_summary (MgDocument *self);
