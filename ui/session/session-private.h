#pragma once

#include "session/session.h"

#define MG_SESSION_N_TASKS 2 /* MG_TASK_SEGMENT, MG_TASK_DENOISE */

struct _MgSession
{
  GObject parent_instance;

  MgScheduler *scheduler;
  MgProject *project;    /* (nullable) */
  GListStore *documents; /* of MgDocument, in the project's order */
  MgDocument *current;   /* (nullable) */
  GQueue recent;         /* of MgDocument, borrowed: loaded ones, latest first */
  MgTask task;
  MgModel *models[MG_SESSION_N_TASKS]; /* (nullable): the one used for each task */
  char *model_names[MG_SESSION_N_TASKS];
  char *device;
  int undo_mib;
  char *start_at;        /* (nullable): the image to begin with */
  GCancellable *opening; /* (nullable): of the project being opened */
  GTask *opened;         /* (nullable): has a project, to be shown once all is saved */
  GCancellable *closing; /* of the window: stops what is being read */

  guint autosave, quiet;
  guint n_saving;
  gboolean project_changed, saving_project;
  gboolean project_written; /* project.json is there */
  gboolean project_failed;  /* it could not be written the last time */
  gboolean failing;         /* something could not be written, and is tried again */
  gboolean save_failed;     /* the last label image */
  gboolean asked;           /* the person saves, and is told of a failure again */
  gboolean read_only;       /* nothing can be written in the project's folder */
};

void _mg_session_change_project (MgSession *self,
                                 MgProject *project);
void _mg_session_take_project (MgSession *self,
                               MgProject *project,
                               GFile *first);
void _mg_session_watch_edits (MgSession *self,
                              MgDocument *document);
void _mg_session_leave (MgSession *self,
                        MgDocument *document);
void _mg_session_show_opened (MgSession *self);
void _mg_session_close_old (MgSession *self);
void _mg_session_set_busy (MgSession *self,
                           GCancellable *opening);
