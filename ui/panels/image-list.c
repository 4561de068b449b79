#include "panels/image-list.h"

#include "panels/image-row.h"
#include "session/summary.h"

struct _MgImageList
{
  GtkBox parent_instance;

  MgSession *session;
  GtkCustomFilter *filter;
  GtkFilterListModel *shown; /* the documents that pass it */
  GtkSingleSelection *selection;
  MgSummaries *summaries;
  gboolean following; /* the session, not the person, changes the selection */

  GtkListView *view;
  GtkWidget *none;
  GtkLabel *none_text;
  GtkSearchEntry *search;
  GtkDropDown *which;
  GMenuModel *row_menu;
  GtkPopover *popover;
  GtkWidget *quiet; /* (nullable): the row under the menu, which has no tooltip meanwhile */
  char *wanted;     /* (nullable): part of a name, case folded */
};

/* As in the drop-down. */
enum
{
  SHOW_ALL,
  SHOW_PAINTED,
  SHOW_UNPAINTED,
  SHOW_TRAIN,
  SHOW_VALIDATION,
  SHOW_TEST,
  SHOW_NONE,
  SHOW_PROBLEMS,
};

enum
{
  PROP_0,
  PROP_SHOWN,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];

enum
{
  MISSING,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MgImageList, mg_image_list, GTK_TYPE_BOX)

static gboolean
is_of_kind (MgDocument *document,
            guint which)
{
  switch (which)
    {
    case SHOW_PAINTED:
      return mg_document_is_painted (document);
    case SHOW_UNPAINTED:
      return !mg_document_is_painted (document);
    case SHOW_TRAIN:
    case SHOW_VALIDATION:
    case SHOW_TEST:
    case SHOW_NONE:
      return (guint) mg_document_get_role (document) == which - SHOW_TRAIN;
    case SHOW_PROBLEMS:
      return mg_document_get_problem (document) != NULL;
    default:
      return TRUE;
    }
}

static gboolean
is_shown (gpointer item,
          gpointer data)
{
  MgImageList *self = data;
  g_autofree char *name = NULL;

  if (!is_of_kind (item, gtk_drop_down_get_selected (self->which)))
    return FALSE;
  if (self->wanted == NULL)
    return TRUE;
  name = g_utf8_casefold (mg_document_get_name (item), -1);
  return strstr (name, self->wanted) != NULL;
}

/* The selected item's place has changed; the image in view has not. */
static void
select_current (MgImageList *self)
{
  MgDocument *current = mg_session_get_current (self->session);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->selection)), position = GTK_INVALID_LIST_POSITION;

  for (guint i = 0; i < n && current != NULL; i++)
    {
      g_autoptr (MgDocument) document = g_list_model_get_item (G_LIST_MODEL (self->selection), i);

      if (document == current)
        {
          position = i;
          break;
        }
    }
  self->following = TRUE;
  gtk_single_selection_set_selected (self->selection, position);
  self->following = FALSE;
  if (position != GTK_INVALID_LIST_POSITION)
    gtk_widget_activate_action (GTK_WIDGET (self->view), "list.scroll-to-item", "u", position);
}

/* An empty list says why it is empty. */
static void
show_none (MgImageList *self)
{
  guint n = g_list_model_get_n_items (mg_session_get_documents (self->session));
  gboolean all = gtk_drop_down_get_selected (self->which) == SHOW_ALL;
  g_autofree char *text = g_strdup_printf (all ? "No image has “%s” in its name" : "No image of this kind has “%s” in its name",
                                           gtk_editable_get_text (GTK_EDITABLE (self->search)));

  gtk_label_set_text (self->none_text, self->wanted != NULL ? text : "No image is of this kind");
  gtk_widget_set_visible (self->none, n > 0 && g_list_model_get_n_items (G_LIST_MODEL (self->shown)) == 0);
}

static void
refilter (MgImageList *self)
{
  if (self->session == NULL)
    return;
  self->following = TRUE;
  gtk_filter_changed (GTK_FILTER (self->filter), GTK_FILTER_CHANGE_DIFFERENT);
  self->following = FALSE;
  select_current (self);
  show_none (self);
}

static void
on_search (GtkSearchEntry *search,
           MgImageList *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (search));

  g_free (self->wanted);
  self->wanted = *text != '\0' ? g_utf8_casefold (text, -1) : NULL;
  refilter (self);
}

static void
on_checked (guint left,
            gpointer data)
{
  MgImageList *self = data;
  GListModel *documents = mg_session_get_documents (self->session);
  guint n_missing = 0;

  if (gtk_drop_down_get_selected (self->which) != SHOW_ALL)
    refilter (self);
  for (guint i = 0; left == 0 && i < g_list_model_get_n_items (documents); i++)
    {
      g_autoptr (MgDocument) document = g_list_model_get_item (documents, i);

      n_missing += mg_document_get_file_state (document) == MG_FILE_MISSING;
    }
  if (left == 0)
    g_signal_emit (self, signals[MISSING], 0, n_missing);
}

static void
check_files (MgSession *session,
             MgImageList *self)
{
  mg_summaries_check (self->summaries, mg_session_get_documents (session), on_checked, self);
}

static void
show_menu (MgImageList *self,
           GtkWidget *over,
           double x,
           double y)
{
  double at_x = x, at_y = y;

  if (mg_session_get_current (self->session) == NULL)
    return;
  gtk_widget_translate_coordinates (over, GTK_WIDGET (self), x, y, &at_x, &at_y);
  gtk_popover_set_pointing_to (self->popover, &(GdkRectangle){ (int) at_x, (int) at_y, 1, 1 });
  gtk_popover_popup (self->popover);
}

static void
on_row_pressed (GtkGestureClick *gesture,
                int n_press,
                double x,
                double y,
                GtkListItem *item)
{
  GtkWidget *row = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (gesture));
  MgImageList *self = MG_IMAGE_LIST (gtk_widget_get_ancestor (row, MG_TYPE_IMAGE_LIST));

  gtk_single_selection_set_selected (self->selection, gtk_list_item_get_position (item));
  g_set_weak_pointer (&self->quiet, row);
  gtk_widget_set_has_tooltip (row, FALSE);
  show_menu (self, row, x, y);
}

/* GTK shows a row's tooltip over a menu that came before it. */
static void
on_menu_closed (MgImageList *self)
{
  if (self->quiet != NULL)
    gtk_widget_set_has_tooltip (self->quiet, TRUE);
  g_clear_weak_pointer (&self->quiet);
}

static gboolean
on_menu_key (GtkWidget *widget,
             GVariant *arguments,
             gpointer data)
{
  show_menu (data, widget, 20, 20);
  return TRUE;
}

static void
on_setup (GtkSignalListItemFactory *factory,
          GtkListItem *item,
          MgImageList *self)
{
  GtkWidget *row = mg_image_row_new (self->session);
  GtkGesture *gesture = gtk_gesture_click_new ();

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (gesture), GDK_BUTTON_SECONDARY);
  g_signal_connect (gesture, "pressed", G_CALLBACK (on_row_pressed), item);
  gtk_widget_add_controller (row, GTK_EVENT_CONTROLLER (gesture));
  gtk_list_item_set_child (item, row);
}

/* Again where the file was found. */
static void
request (MgImageList *self,
         GParamSpec *pspec,
         MgDocument *document)
{
  mg_summaries_request (self->summaries, document,
                        MG_THUMBNAIL_PX * 2 * gtk_widget_get_scale_factor (GTK_WIDGET (self)));
}

static void
on_bind (GtkSignalListItemFactory *factory,
         GtkListItem *item,
         MgImageList *self)
{
  MgDocument *document = gtk_list_item_get_item (item);

  mg_image_row_set_document (MG_IMAGE_ROW (gtk_list_item_get_child (item)), document);
  request (self, NULL, document);
  g_signal_connect_object (document, "notify::file-state", G_CALLBACK (request), self, G_CONNECT_SWAPPED);
}

static void
on_unbind (GtkSignalListItemFactory *factory,
           GtkListItem *item,
           MgImageList *self)
{
  g_signal_handlers_disconnect_by_func (gtk_list_item_get_item (item), request, self);
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
  select_current (self);
}

static void
on_which (MgImageList *self)
{
  refilter (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SHOWN]);
}

static void
show_all (MgImageList *self)
{
  gtk_editable_set_text (GTK_EDITABLE (self->search), "");
  gtk_drop_down_set_selected (self->which, SHOW_ALL);
}

static void
mg_image_list_get_property (GObject *object,
                            guint id,
                            GValue *value,
                            GParamSpec *pspec)
{
  if (id == PROP_SHOWN)
    g_value_set_int (value, (int) gtk_drop_down_get_selected (MG_IMAGE_LIST (object)->which));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
mg_image_list_set_property (GObject *object,
                            guint id,
                            const GValue *value,
                            GParamSpec *pspec)
{
  if (id == PROP_SHOWN)
    gtk_drop_down_set_selected (MG_IMAGE_LIST (object)->which, (guint) g_value_get_int (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
mg_image_list_dispose (GObject *object)
{
  MgImageList *self = MG_IMAGE_LIST (object);

  if (self->session != NULL)
    g_signal_handlers_disconnect_by_data (self->session, self);
  if (self->selection != NULL)
    g_signal_handlers_disconnect_by_data (self->selection, self);
  g_clear_weak_pointer (&self->quiet);
  if (self->popover != NULL)
    gtk_widget_unparent (GTK_WIDGET (g_steal_pointer (&self->popover)));
  gtk_widget_dispose_template (GTK_WIDGET (self), MG_TYPE_IMAGE_LIST);
  g_clear_object (&self->selection);
  g_clear_object (&self->filter);
  g_clear_pointer (&self->wanted, g_free);
  g_clear_object (&self->session);
  g_clear_pointer (&self->summaries, mg_summaries_free);
  G_OBJECT_CLASS (mg_image_list_parent_class)->dispose (object);
}

static void
mg_image_list_class_init (MgImageListClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mg_image_list_dispose;
  G_OBJECT_CLASS (klass)->get_property = mg_image_list_get_property;
  G_OBJECT_CLASS (klass)->set_property = mg_image_list_set_property;
  /* MgImageList:shown: which images, the position in the drop-down */
  props[PROP_SHOWN] = g_param_spec_int ("shown", NULL, NULL, SHOW_ALL, SHOW_PROBLEMS, SHOW_ALL,
                                        G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (G_OBJECT_CLASS (klass), N_PROPS, props);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/micrographia/Micrographia/ui/image-list.ui");
  gtk_widget_class_bind_template_child (widget_class, MgImageList, view);
  gtk_widget_class_bind_template_child (widget_class, MgImageList, none);
  gtk_widget_class_bind_template_child (widget_class, MgImageList, none_text);
  gtk_widget_class_bind_template_child (widget_class, MgImageList, search);
  gtk_widget_class_bind_template_child (widget_class, MgImageList, which);
  gtk_widget_class_bind_template_child (widget_class, MgImageList, row_menu);
  gtk_widget_class_bind_template_callback (widget_class, show_all);
  /* MgImageList::missing: so many files are not where they were */
  signals[MISSING] = g_signal_new ("missing", MG_TYPE_IMAGE_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 1, G_TYPE_UINT);
}

static void
add_menu_keys (MgImageList *self)
{
  static const struct
  {
    guint key;
    GdkModifierType state;
  } keys[] = { { GDK_KEY_Menu, 0 }, { GDK_KEY_F10, GDK_SHIFT_MASK } };
  GtkEventController *controller = gtk_shortcut_controller_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    gtk_shortcut_controller_add_shortcut (
      GTK_SHORTCUT_CONTROLLER (controller),
      gtk_shortcut_new (gtk_keyval_trigger_new (keys[i].key, keys[i].state),
                        gtk_callback_action_new (on_menu_key, self, NULL)));
  gtk_widget_add_controller (GTK_WIDGET (self->view), controller);
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
  self->filter = gtk_custom_filter_new (is_shown, self, NULL);
  self->popover = GTK_POPOVER (gtk_popover_menu_new_from_model (self->row_menu));
  gtk_widget_set_parent (GTK_WIDGET (self->popover), GTK_WIDGET (self));
  gtk_popover_set_has_arrow (self->popover, FALSE);
  g_signal_connect_swapped (self->popover, "closed", G_CALLBACK (on_menu_closed), self);
  g_signal_connect (self->search, "search-changed", G_CALLBACK (on_search), self);
  g_signal_connect_swapped (self->which, "notify::selected", G_CALLBACK (on_which), self);
  add_menu_keys (self);
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
  self->shown = gtk_filter_list_model_new (g_object_ref (mg_session_get_documents (session)),
                                           GTK_FILTER (g_object_ref (self->filter)));
  self->selection = gtk_single_selection_new (G_LIST_MODEL (self->shown));
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_can_unselect (self->selection, TRUE);
  gtk_list_view_set_model (self->view, GTK_SELECTION_MODEL (self->selection));
  g_signal_connect (self->selection, "notify::selected", G_CALLBACK (on_selected), self);
  g_signal_connect_object (self->shown, "items-changed", G_CALLBACK (show_none), self, G_CONNECT_SWAPPED);
  g_signal_connect (session, "notify::current", G_CALLBACK (on_current), self);
  g_signal_connect (session, "opened", G_CALLBACK (check_files), self);
  g_signal_connect (session, "check-files", G_CALLBACK (check_files), self);
}

/**
 * mg_image_list_search:
 * @self: a list
 *
 * Puts the focus where a name is searched for.
 */
void
mg_image_list_search (MgImageList *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (self->search));
}

/**
 * mg_image_list_filter_changed:
 * @self: a list
 *
 * An image's role was changed: it may belong in the list no more.
 */
void
mg_image_list_filter_changed (MgImageList *self)
{
  refilter (self);
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
