#pragma once

#include "base/error.h"

/**
 * MgProgressInfo:
 * @stage: static string, what is being done ("Training")
 * @done: units done
 * @total: units in all; 0 when not known
 * @place: what is in hand ("image 3 of 12, slice 7 of 40"), cut to its size
 * @note: a short text beside the bar ("loss 0.123"), cut to its size
 * @seconds: since the progress object was made
 */
typedef struct
{
  const char *stage;
  double done, total;
  char place[64];
  char note[96];
  double seconds;
} MgProgressInfo;

/* Shared by the thread that works and those that watch; every call is safe
 * from any thread. */
typedef struct _MgProgress MgProgress;

MgProgress *mg_progress_new (void);
void mg_progress_free (MgProgress *progress);
void mg_progress_set (MgProgress *progress,
                      const char *stage,
                      double done,
                      double total);
void mg_progress_place (MgProgress *progress,
                        const char *format,
                        ...) G_GNUC_PRINTF (2, 3);
void mg_progress_note (MgProgress *progress,
                       const char *format,
                       ...) G_GNUC_PRINTF (2, 3);
void mg_progress_get (MgProgress *progress,
                      MgProgressInfo *out);
void mg_progress_watch (MgProgress *progress,
                        void (*changed) (gpointer data),
                        gpointer data);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MgProgress, mg_progress_free)
