#include "session/document-private.h"

/* What the list shows of an image, open or not. */

/**
 * mg_document_set_thumbnail:
 * @self: a document
 * @thumbnail: (nullable): a small picture
 */
void
mg_document_set_thumbnail (MgDocument *self,
                           GdkPaintable *thumbnail)
{
  g_set_object (&self->thumbnail, thumbnail);
  g_object_notify (G_OBJECT (self), "thumbnail");
}

/**
 * mg_document_set_counted:
 * @self: a document
 * @cells: painted cells in the file, -1 when not known
 *
 * What the list shows of an image that is not open.
 */
void
mg_document_set_counted (MgDocument *self,
                         int cells)
{
  if (self->annotation != NULL || self->cells == cells)
    return;
  self->cells = cells;
  _mg_document_notify_cells (self);
}

/**
 * mg_document_wants_summary:
 * @self: a document
 *
 * Returns: %TRUE once: to the first that asks
 */
gboolean
mg_document_wants_summary (MgDocument *self)
{
  gboolean wants = !self->summary_asked;

  self->summary_asked = TRUE;
  return wants;
}

/**
 * mg_document_file_found:
 * @self: a document whose item has another file now
 *
 * What was found out about the file it had is forgotten.
 */
void
mg_document_file_found (MgDocument *self)
{
  self->summary_asked = FALSE;
  if (self->state == MG_DOCUMENT_FAILED)
    {
      g_clear_error (&self->error);
      self->state = MG_DOCUMENT_CLOSED;
    }
  mg_document_set_file_state (self, MG_FILE_UNKNOWN, NULL, self->painted);
}

/**
 * mg_document_get_file_state:
 * @self: a document
 *
 * Returns: whether the image's file is there and can be read, as far as is known;
 *   one that was open when its file went is missing, too
 */
MgFileState
mg_document_get_file_state (MgDocument *self)
{
  return self->state == MG_DOCUMENT_READY && self->file_state != MG_FILE_MISSING ? MG_FILE_WELL : self->file_state;
}

/**
 * mg_document_get_problem:
 * @self: a document
 *
 * Returns: (nullable): why its file cannot be shown
 */
const char *
mg_document_get_problem (MgDocument *self)
{
  if (self->error != NULL)
    return self->error->message;
  return mg_document_get_file_state (self) == MG_FILE_WELL ? NULL : self->problem;
}

/**
 * mg_document_is_painted:
 * @self: a document
 *
 * Returns: whether there are labels: cells, where they were counted, or a file
 */
gboolean
mg_document_is_painted (MgDocument *self)
{
  return self->cells >= 0 ? self->cells > 0 : self->painted;
}

/**
 * mg_document_set_file_state:
 * @self: a document
 * @state: what was found
 * @problem: (nullable): a sentence on what is wrong
 * @painted: whether labels lie on the disk
 */
void
mg_document_set_file_state (MgDocument *self,
                            MgFileState state,
                            const char *problem,
                            gboolean painted)
{
  gboolean same = self->file_state == state && self->painted == painted;

  self->file_state = state;
  self->painted = painted;
  g_free (self->problem);
  self->problem = g_strdup (problem);
  if (!same)
    _mg_document_notify_file_state (self);
}

/**
 * mg_document_get_role:
 * @self: a document
 *
 * Returns: what the image is used for
 */
MgProjectRole
mg_document_get_role (MgDocument *self)
{
  return mg_project_item_get_role (self->item);
}

/**
 * mg_document_set_role:
 * @self: a document
 * @role: what the image is used for from now on
 */
void
mg_document_set_role (MgDocument *self,
                      MgProjectRole role)
{
  if (mg_project_item_get_role (self->item) == role)
    return;
  mg_project_item_set_role (self->item, role);
  _mg_document_notify_role (self);
}
