#pragma once

#include <gtk/gtk.h>

#include "base/job.h"

/* One job in the status bar: what it does, how far it is, Stop. Goes away with
 * the job. */
#define MG_TYPE_JOB_ROW (mg_job_row_get_type ())
G_DECLARE_FINAL_TYPE (MgJobRow, mg_job_row, MG, JOB_ROW, GtkBox)

GtkWidget *mg_job_row_new (MgJob *job);
MgJob *mg_job_row_get_job (MgJobRow *self);
void mg_job_row_set_seconds_left (MgJobRow *self,
                                  double seconds);
void mg_job_row_stop (MgJobRow *self);
char *mg_format_time_left (double seconds);
