; Roles of Kotlin's syntax: which field of which node is the name, the condition, the value ... (tree-sitter-kotlin 1.1). The grammar names few
; fields; what has none is told by its type and its place among its siblings.
(class_declaration name: (_) @name)
(object_declaration name: (_) @name)
(companion_object name: (_) @name)
(function_declaration name: (_) @name)
(type_alias type: (_) @name)

(if_expression condition: (_) @condition)
(while_statement condition: (_) @condition)
(do_while_statement condition: (_) @condition)
(when_entry condition: (_) @condition)
(return_expression label: (_) @label)

(assignment left: (_) @target operator: _ @operator right: (_) @value)
(binary_expression left: (_) @left operator: _ @operator right: (_) @right)
(unary_expression operator: _ @operator argument: (_) @value)
(as_expression left: (_) @left right: (_) @right)
(is_expression left: (_) @left right: (_) @right)
(in_expression left: (_) @left right: (_) @right)
