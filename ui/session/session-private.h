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
  GCancellable *opening; /* (nullable): of the project being opened */
  GCancellable *closing; /* of the window: stops what is being read */

  guint autosave;
  guint n_saving;
  gboolean project_changed, saving_project;
};

void _mg_session_take_project (MgSession *self,
                               MgProject *project,
                               GFile *first);
void _mg_session_watch_edits (MgSession *self,
                              MgDocument *document);
void _mg_session_set_busy (MgSession *self,
                           GCancellable *opening);
