#include "window/window-private.h"

#include "annotate/addition.h"
#include "dialogs/file-dialog.h"
#include "interchange/export.h"
#include "interchange/import.h"
#include "session/main-call.h"

#include <string.h>

/* Annotation from and for other programs. One import or export at a time runs
 * on a thread of its own, with its progress in the status bar. */

/* What the thread works on. */
typedef struct
{
  GFile *file;
  /* import */
  MgImportOptions options;
  MgImported imported;
  GWeakRef window;
  MgDocument *document; /* the main thread's */
  int plane;
  MgAddition *addition; /* (nullable) */
  gboolean taken, gone; /* what the main thread answers */
  guint n_added;
  /* export */
  gboolean is_export;
  MgExportFormat format;
  MgMask *mask; /* (nullable): a snapshot; else what was predicted */
  MgLabels *labels;
  MgImage *image;
  guint n_cells; /* exported */
} Work;

/* What a file dialog was opened for. */
typedef struct
{
  MgWindow *window;
  MgDocument *document;
  MgExportFormat format;
} Asking;

static void
work_free (gpointer data)
{
  Work *work = data;

  g_object_unref (work->file);
  mg_imported_clear (&work->imported);
  g_weak_ref_clear (&work->window);
  g_clear_pointer (&work->addition, mg_addition_free);
  g_clear_pointer (&work->mask, mg_mask_free);
  g_clear_pointer (&work->labels, mg_labels_unref);
  g_clear_pointer (&work->image, mg_image_unref);
  g_free (work);
}

static gboolean
export_work (Work *work,
             MgProgress *progress,
             GCancellable *cancellable,
             GError **error)
{
  MgExportSource source = { .image = work->image, .scale = 1 };
  gboolean ok;

  if (work->labels == NULL)
    work->labels = mg_mask_to_labels (work->mask, error);
  if (work->labels == NULL)
    return FALSE;
  source.labels = work->labels;
  work->n_cells = mg_labels_get_n (work->labels);
  ok = mg_export (work->file, work->format, &source, progress, cancellable, error);
  g_clear_pointer (&work->labels, mg_labels_unref);
  return ok;
}

/* On the main thread: takes the cells over where nothing was edited since it was
 * last here, else says what they have to go with now. */
static void
meet_annotation (gpointer data)
{
  Work *work = data;
  g_autoptr (MgWindow) self = g_weak_ref_get (&work->window);

  work->gone = self == NULL || self->annotation == NULL || work->document != self->document ||
               work->plane != mg_document_get_plane (self->document);
  if (work->gone)
    return;
  if (work->addition != NULL && mg_annotation_take_addition (self->annotation, work->addition, 0))
    {
      work->taken = TRUE;
      work->n_added = mg_addition_get_n (work->addition);
      return;
    }
  g_clear_pointer (&work->addition, mg_addition_free);
  work->addition = mg_addition_new (self->annotation, work->plane);
}

/* Again where a person painted meanwhile. */
static gboolean
import_work (Work *work,
             MgProgress *progress,
             GCancellable *cancellable,
             GError **error)
{
  gboolean ok = mg_import (work->file, &work->options, &work->imported, progress, cancellable, error);

  while (ok)
    {
      mg_main_call (meet_annotation, work);
      if (work->taken || work->gone)
        break;
      ok = mg_addition_run (work->addition, work->imported.labels, progress, cancellable, error);
    }
  /* freeing a raster takes longer than a frame may */
  g_clear_pointer (&work->imported.labels, mg_labels_unref);
  g_clear_pointer (&work->addition, mg_addition_free);
  return ok;
}

static MgStep
work_step (gpointer data,
           MgProgress *progress,
           GCancellable *cancellable,
           GError **error)
{
  Work *work = data;
  gboolean ok;

  mg_progress_set (progress, work->is_export ? "Exporting" : "Importing", 0, 0);
  ok = work->is_export ? export_work (work, progress, cancellable, error)
                       : import_work (work, progress, cancellable, error);
  return ok ? MG_STEP_DONE : MG_STEP_ERROR;
}

static void
tell_imported (MgWindow *self,
               Work *work)
{
  g_autofree char *name = g_file_get_basename (work->file);
  g_autofree char *said = mg_imported_describe (&work->imported);
  GString *text = g_string_new (NULL);
  guint n = work->n_added;

  if (n == 0 && work->imported.n_cells > 0)
    g_string_append_printf (text, "Nothing was imported of “%s”: %s on cells that are here already", name,
                            work->imported.n_cells == 1 ? "its cell lies" : "all of its cells lie");
  else
    g_string_append_printf (text, "Imported “%s”: %s", name, said);
  if (n > 0 && n < work->imported.n_cells)
    g_string_append_printf (text, "; %u of them %s on cells that were here and %s left out", work->imported.n_cells - n,
                            work->imported.n_cells - n == 1 ? "lies" : "lie", work->imported.n_cells - n == 1 ? "is" : "are");
  _mg_window_toast (self, text->str);
  g_string_free (text, TRUE);
}

static void
tell_exported (MgWindow *self,
               Work *work)
{
  g_autofree char *what = g_strdup_printf ("%u %s%s", work->n_cells, work->mask == NULL ? "predicted " : "",
                                           work->n_cells == 1 ? "cell" : "cells");

  _mg_window_toast_saved (self, what, work->file);
}

static void
on_finished (MgJob *job,
             MgWindow *self)
{
  Work *work = mg_job_get_data (job);

  if (mg_job_get_state (job) == MG_JOB_FAILED)
    mg_session_fail (self->session, mg_job_get_error (job));
  else if (mg_job_get_state (job) == MG_JOB_DONE && work->is_export)
    tell_exported (self, work);
  else if (mg_job_get_state (job) == MG_JOB_DONE && !work->gone)
    tell_imported (self, work);
  else if (mg_job_get_state (job) == MG_JOB_DONE)
    _mg_window_toast (self, "Nothing was imported: another image came into view meanwhile");
  g_clear_object (&self->interchange);
  g_object_set_data (G_OBJECT (self), "interchange-document", NULL);
  _mg_window_update_actions (self);
}

static void
start (MgWindow *self,
       MgDocument *document,
       Work *work)
{
  static const MgJobFuncs funcs = { .name = "Cells", .step = work_step, .free = work_free };

  self->interchange = mg_job_new (&funcs, work, MG_PRIORITY_NORMAL);
  /* let go of on this thread, with the job's other ends */
  g_object_set_data_full (G_OBJECT (self), "interchange-document", g_object_ref (document), g_object_unref);
  work->document = document;
  work->plane = mg_document_get_plane (document);
  g_weak_ref_init (&work->window, self);
  _mg_window_run_job (self, self->interchange, on_finished);
}

static gboolean
is_idle (MgWindow *self)
{
  return self->annotation != NULL && self->interchange == NULL;
}

static gboolean
has_cells (MgWindow *self)
{
  return is_idle (self) && (mg_annotation_get_n_instances (self->annotation) > 0 || _mg_window_can_accept (self));
}

/**
 * mg_window_import:
 * @self: a window
 * @file: as mg_import() takes it, a folder too
 * @overlay: the ROIs that ImageJ stored in a TIFF, not its pixels
 *
 * Adds a file's cells to the image and the plane in view, on a thread of its
 * own; what came of it is told. Nothing happens while another import or export
 * runs, or without an image.
 */
void
mg_window_import (MgWindow *self,
                  GFile *file,
                  gboolean overlay)
{
  const MgImageInfo *info;
  Work *work;
  int plane;

  if (!is_idle (self))
    return;
  info = mg_image_get_info (mg_document_get_image (self->document));
  plane = mg_document_get_plane (self->document);
  work = g_new0 (Work, 1);
  work->file = g_object_ref (file);
  work->options = (MgImportOptions){
    .width = info->width,
    .height = info->height,
    .slice = info->n_z > 1 ? plane % info->n_z + 1 : 0,
    .frame = info->n_t > 1 ? plane / info->n_z + 1 : 0,
    .overlay = overlay,
  };
  start (self, self->document, work);
}

static void
import_chosen (GFile **files,
               guint n_files,
               gpointer data)
{
  mg_window_import (data, files[0], FALSE);
}

static void
on_import (GSimpleAction *action,
           GVariant *parameter,
           gpointer data)
{
  mg_file_dialog_open (data, MG_FILES_ANNOTATION, "Import Cells", import_chosen, data);
}

static void
on_import_masks (GSimpleAction *action,
                 GVariant *parameter,
                 gpointer data)
{
  mg_file_dialog_open (data, MG_FILES_FOLDER, "Import Folder of Masks", import_chosen, data);
}

static void
on_import_overlay (GSimpleAction *action,
                   GVariant *parameter,
                   gpointer data)
{
  MgWindow *self = data;

  mg_window_import (self, mg_project_item_get_image (mg_document_get_item (self->document)), TRUE);
}

/**
 * mg_window_export:
 * @self: a window
 * @format: as what
 * @file: the target
 *
 * Writes what is painted in the plane in view, or, where nothing is painted,
 * what was predicted, on a thread of its own. Nothing happens while another
 * import or export runs, or without cells.
 */
void
mg_window_export (MgWindow *self,
                  MgExportFormat format,
                  GFile *file)
{
  Work *work;

  if (!has_cells (self))
    return;
  work = g_new0 (Work, 1);
  work->file = g_object_ref (file);
  work->is_export = TRUE;
  work->format = format;
  work->image = mg_image_ref (mg_document_get_plane_image (self->document));
  if (mg_annotation_get_n_instances (self->annotation) > 0)
    work->mask = mg_mask_snapshot (mg_annotation_get_mask (self->annotation));
  else
    work->labels = mg_labels_ref (mg_instances_get_labels (mg_document_get_prediction (self->document)));
  start (self, self->document, work);
}

static void
export_chosen (GFile **files,
               guint n_files,
               gpointer data)
{
  Asking *asking = data;

  if (asking->document == asking->window->document)
    mg_window_export (asking->window, asking->format, files[0]);
}

static void
on_export (GSimpleAction *action,
           GVariant *parameter,
           gpointer data)
{
  MgWindow *self = data;
  Asking *asking;
  const MgExportKind *kind;
  g_autofree char *name = NULL, *title = NULL;
  MgExportFormat format;

  if (!is_idle (self) || !mg_export_find (g_variant_get_string (parameter, NULL), &format))
    return;
  kind = mg_export_get_kind (format);
  name = g_strconcat (mg_document_get_name (self->document), kind->suffix, NULL);
  title = g_strdup_printf ("Export %s", kind->title);
  asking = g_new (Asking, 1);
  *asking = (Asking){ self, self->document, format };
  /* the last dialog's question goes with the next one, or with the window */
  g_object_set_data_full (G_OBJECT (self), "export-asking", asking, g_free);
  mg_file_dialog_save (GTK_WINDOW (self), title, name, kind->endings, export_chosen, asking);
}

/* A file that other programs keep annotation in, by its name. */
gboolean
_mg_window_import_dropped (MgWindow *self,
                           GFile *file)
{
  static const char *const ends[] = { ".zip", ".roi", ".geojson", ".json", ".npy" };
  g_autofree char *name = g_file_get_basename (file);

  for (gsize i = 0; i < G_N_ELEMENTS (ends); i++)
    if (is_idle (self) && g_str_has_suffix (name, ends[i]) && strcmp (name, MG_PROJECT_FILE_NAME) != 0)
      {
        mg_window_import (self, file, FALSE);
        return TRUE;
      }
  return FALSE;
}

void
_mg_window_update_interchange (MgWindow *self)
{
  gboolean idle = is_idle (self);

  _mg_window_set_enabled (self, "import", idle);
  _mg_window_set_enabled (self, "import-masks", idle);
  _mg_window_set_enabled (self, "import-overlay", idle);
  _mg_window_set_enabled (self, "export", has_cells (self));
}

void
_mg_window_install_interchange (MgWindow *self)
{
  static const GActionEntry entries[] = {
    { "import", on_import },
    { "import-masks", on_import_masks },
    { "import-overlay", on_import_overlay },
    { "export", on_export, "s" },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
}
