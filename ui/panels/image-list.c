#include "panels/image-list.h"

#include "panels/image-row.h"
#include "session/summary.h"

struct _MgImageList
{
  GtkBox parent_instance;

  MgSession *session;
  GtkSingleSelection *selection;
  MgSummaries *summaries;
  gboolean following; /* the session, not the person, changes the selection */

  GtkListView *view;
};

G_DEFINE_FINAL_TYPE (MgImageList, mg_image_list, GTK_TYPE_BOX)

static void
on_setup (GtkSignalListItemFactory *factory,
          GtkListItem *item,
          MgImageList *self)
{
  gtk_list_item_set_child (item, mg_image_row_new (self->session));
}

static void
on_bind (GtkSignalListItemFactory *factory,
         GtkListItem *item,
         MgImageList *self)
{
  MgDocument *document = gtk_list_item_get_item (item);

  mg_image_row_set_document (MG_IMAGE_ROW (gtk_list_item_get_child (item)), document);
  mg_summaries_request (self->summaries, document,
                        MG_THUMBNAIL_PX * 2 * gtk_widget_get_scale_factor (GTK_WIDGET (self)));
}

static void
on_unbind (GtkSignalListItemFactory *factory,
           GtkListItem *item,
           MgImageList *self)
{
  mg_image_row_set_document (MG_IMAGE_ROW (gtk_list_item_get_child (item)), NULL);
}

static void
on_selected (GtkSingleSelection *selection,
             GParamSpec *pspec,
             MgImageList *self)
{
  if (!self->following)
    mg_session_set_current (self->session, gtk_single_selection_get_selected_item (selection));
}

static void
on_current (MgSession *session,
            GParamSpec *pspec,
            MgImageList *self)
{
  guint position;

  if (!mg_session_find (session, mg_session_get_current (session), &position))
    return;
  self->following = TRUE;
  gtk_single_selection_set_selected (self->selection, position);
  self->following = FALSE;
  gtk_widget_activate_action (GTK_WIDGET (self->view), "list.scroll-to-item", "u", position);
}

static void
mg_image_list_dispose (GObject *object)
{
  MgImageList *self = MG_IMAGE_LIST (object);

  if (self->session != NULL)
    g_signal_handlers_disconnect_by_data (self->session, self);
  if (self->selection != NULL)
    g_signal_handlers_disconnect_by_data (self->selection, self);
  gtk_widget_dispose_template (GTK_WIDGET (self), MG_TYPE_IMAGE_LIST);
  g_clear_object (&self->selection);
  g_clear_object (&self->session);
  g_clear_pointer (&self->summaries, mg_summaries_free);
  G_OBJECT_CLASS (mg_image_list_parent_class)->dispose (object);
}

static void
mg_image_list_class_init (MgImageListClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mg_image_list_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/micrographia/Micrographia/ui/image-list.ui");
  gtk_widget_class_bind_template_child (widget_class, MgImageList, view);
}

static void
mg_image_list_init (MgImageList *self)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  self->summaries = mg_summaries_new ();
  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), self);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), self);
  g_signal_connect (factory, "unbind", G_CALLBACK (on_unbind), self);
  gtk_list_view_set_factory (self->view, factory);
}

/**
 * mg_image_list_set_session:
 * @self: a list
 * @session: whose images; set once
 */
void
mg_image_list_set_session (MgImageList *self,
                           MgSession *session)
{
  self->session = g_object_ref (session);
  self->selection = gtk_single_selection_new (g_object_ref (mg_session_get_documents (session)));
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_can_unselect (self->selection, TRUE);
  gtk_list_view_set_model (self->view, GTK_SELECTION_MODEL (self->selection));
  g_signal_connect (self->selection, "notify::selected", G_CALLBACK (on_selected), self);
  g_signal_connect (session, "notify::current", G_CALLBACK (on_current), self);
}

/**
 * mg_image_list_move:
 * @self: a list
 * @direction: 1 next, -1 previous
 */
void
mg_image_list_move (MgImageList *self,
                    int direction)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->selection));
  guint position = gtk_single_selection_get_selected (self->selection);

  if (n == 0)
    return;
  if (position == GTK_INVALID_LIST_POSITION)
    position = 0;
  else if (direction > 0 && position + 1 < n)
    position++;
  else if (direction < 0 && position > 0)
    position--;
  gtk_single_selection_set_selected (self->selection, position);
  gtk_widget_activate_action (GTK_WIDGET (self->view), "list.scroll-to-item", "u", position);
}
