#pragma once

#include "io/pickle.h"

struct _MgPickle
{
  GPtrArray *values; /* owned: every value made, whatever refers to it */
  MgPickleValue *root;
  gsize copied, max_copied; /* bytes of texts turned into bytes, and how many may be */
  GPtrArray *copies;        /* owned: those bytes */
  const char *why;          /* (nullable): what is wrong */
};

MgPickleValue *_mg_pickle_fail (MgPickle *pickle,
                                const char *why);
MgPickleValue *_mg_pickle_new (MgPickle *pickle,
                               MgPickleKind kind);
void _mg_pickle_add_item (MgPickleValue *list,
                          MgPickleValue *item);
MgPickleValue *_mg_pickle_class (MgPickle *pickle,
                                 const char *module,
                                 gsize module_size,
                                 const char *name,
                                 gsize name_size);
MgPickleValue *_mg_pickle_call (MgPickle *pickle,
                                const MgPickleValue *callee,
                                MgPickleValue *arguments);
void _mg_pickle_set_state (MgPickle *pickle,
                           MgPickleValue *object,
                           const MgPickleValue *state);
