#pragma once

#include <gtk/gtk.h>

#include "base/scheduler.h"
#include "session/document.h"

/* What one window works on: the project, its images as documents, which one is
 * in view, the model and the device. Loads, saves and autosaves. Main thread.
 *
 * Properties: "current" (MgDocument, read only), "busy" (read only: files are
 * being opened), "task" (read only: what is done with the images), "model-name"
 * (read only, nullable: of the task), "device" (what mg_backend_open() takes).
 * Signals: "message" (const char *text): tell the person; "save-failed" (const
 * char *text): so too, offering another place, until "saved-again"; "read-only"
 * (const char *text): so too, of a project that can only be looked at; "opened":
 * another project, or more images of it; "check-files": images may be missing, or
 * found; "restored" (MgDocument *, const char *version, MgImage *): there is a new or
 * another restored image. */
#define MG_TYPE_SESSION (mg_session_get_type ())
G_DECLARE_FINAL_TYPE (MgSession, mg_session, MG, SESSION, GObject)

MgSession *mg_session_new (MgScheduler *scheduler);
MgScheduler *mg_session_get_scheduler (MgSession *self);
GListModel *mg_session_get_documents (MgSession *self);
MgProject *mg_session_get_project (MgSession *self);
MgDocument *mg_session_get_current (MgSession *self);
gboolean mg_session_reload (MgSession *self);
void mg_session_set_current (MgSession *self,
                             MgDocument *document);
gboolean mg_session_find (MgSession *self,
                          MgDocument *document,
                          guint *position);
MgTask mg_session_get_task (MgSession *self);
void mg_session_set_task (MgSession *self,
                          MgTask task);
MgModel *mg_session_get_model (MgSession *self);
void mg_session_set_model (MgSession *self,
                           MgModel *model,
                           GFile *file);
const char *mg_session_get_model_name (MgSession *self);
const char *mg_session_get_device (MgSession *self);
void mg_session_restored (MgSession *self,
                          MgDocument *document,
                          const char *version,
                          MgImage *image);
void mg_session_project_changed (MgSession *self);
void mg_session_message (MgSession *self,
                         const char *format,
                         ...) G_GNUC_PRINTF (2, 3);
void mg_session_fail (MgSession *self,
                      const GError *error);

void mg_session_open (MgSession *self,
                      GFile *const *files,
                      guint n_files);
void mg_session_add (MgSession *self,
                     GFile *const *files,
                     guint n_files);
void mg_session_open_sample (MgSession *self,
                             MgTask task);
void mg_session_open_model (MgSession *self,
                            GFile *file);
void mg_session_set_role (MgSession *self,
                          MgDocument *document,
                          MgProjectRole role);
void mg_session_remove (MgSession *self,
                        MgDocument *document);
void mg_session_find_missing (MgSession *self,
                              GFile *folder);
void mg_session_start_at (MgSession *self,
                          const char *name);
void mg_session_save (MgSession *self);
void mg_session_save_in (MgSession *self,
                         GFile *folder);
gboolean mg_session_is_saved (MgSession *self);
gboolean mg_session_cannot_save (MgSession *self);
gboolean mg_session_is_settled (MgSession *self);
