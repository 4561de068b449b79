#pragma once

#include "project/journal.h"
#include "session/document.h"

struct _MgDocument
{
  GObject parent_instance;

  MgProjectItem *item;
  MgDocumentState state;
  GError *error; /* (nullable): why it could not be loaded */
  int cells;     /* -1: not known */
  GdkPaintable *thumbnail;
  gboolean summary_asked;
  MgFileState file_state;
  char *problem;    /* (nullable): what is wrong with the file */
  gboolean painted; /* labels lie on the disk */

  /* while loaded */
  MgImage *image;
  MgPyramid *pyramid;
  MgAnnotation *annotation;
  MgHistogram *histograms; /* one a channel */
  MgChannelView channels[MG_VIEW_MAX_CHANNELS];
  int n_channels;
  guint64 hand_set; /* a bit a channel: its range is the person's */
  guint64 counted;  /* a bit a channel: its histogram was asked for */
  guint edits;      /* counts changes, so that saving knows what it saved */
  guint saved_edits;
  MgJournal *journal;      /* (nullable), while loaded */
  gboolean journaling;     /* tiles are being appended to it */
  gboolean journal_failed; /* the last time; they are still touched */
  GPtrArray *syncing;      /* (nullable): MgTouched, appended, being seen to be on the disk */
  GPtrArray *unsynced;     /* MgTouched, appended since */
  gboolean sync_failed;    /* the last time; they were touched again */
  gboolean save_failed;    /* the label image's last writing */
  GTask *saving;           /* (nullable): waits for the journal, or writes */
  gboolean writing;        /* it writes, and edits go to the journal meanwhile */
  GTask *loading;          /* borrowed, while one runs */

  int plane;
  MgImage *plane_image; /* (nullable): the plane in view, where the image has several */
  GHashTable *aside;    /* plane → MgInstances: predictions of other planes that are not on the disk */
  GHashTable *stored;   /* set of planes: predictions that are on the disk */
  GHashTable *taken;    /* set of planes: predictions to be deleted once all edits are safe */
  MgInstances *prediction;
  MgRect prediction_rect;
  MgKeptMaps *maps;
  gboolean preview;      /* of a network that still learns */
  gboolean on_disk;      /* the prediction is in the plane's result file */
  GCancellable *reading; /* (nullable): the plane's result file is being read */
  gboolean storing;      /* a prediction is being written */
  int predicted;         /* cells, -1 without a prediction */
};

void _mg_document_notify_state (MgDocument *self);
void _mg_document_notify_cells (MgDocument *self);
void _mg_document_notify_role (MgDocument *self);
void _mg_document_notify_file_state (MgDocument *self);
void _mg_document_take_prediction (MgDocument *self,
                                   MgInstances *instances,
                                   const MgRect *rect,
                                   MgKeptMaps *maps);
void _mg_document_put_aside (MgDocument *self);
void _mg_document_take_back (MgDocument *self);
void _mg_document_stop_reading (MgDocument *self);
void _mg_document_delete_taken (MgDocument *self);
void _mg_document_notify_predicted (MgDocument *self);
MgHistogram *_mg_document_count_channels (MgImage *image,
                                          GCancellable *cancellable,
                                          GError **error);
void _mg_document_emit_prediction_changed (MgDocument *self);
void _mg_document_emit_channels (MgDocument *self);
void _mg_document_emit_edited (MgDocument *self);
void _mg_document_emit_journaled (MgDocument *self,
                                  const GError *error);
void _mg_document_write_journal (MgDocument *self);
