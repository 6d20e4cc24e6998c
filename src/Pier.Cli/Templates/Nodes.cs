namespace Pier.Cli.Templates;

/// <summary>A piece of a template.</summary>
abstract record Node;

/// <summary>Literal text.</summary>
sealed record TextNode(string Text) : Node;

/// <summary>{{pipeline}}: prints, unless it only sets a variable.</summary>
sealed record ActionNode(Pipeline Pipeline) : Node;

/// <summary>{{if}}, with its chain of {{else if}} as the alternative.</summary>
sealed record IfNode(Pipeline Condition, IReadOnlyList<Node> Then, IReadOnlyList<Node> Else) : Node;

/// <summary>{{with}}: the value becomes the dot.</summary>
sealed record WithNode(Pipeline Value, IReadOnlyList<Node> Then, IReadOnlyList<Node> Else) : Node;

/// <summary>{{range}}: each element becomes the dot.</summary>
sealed record RangeNode(Pipeline Value, IReadOnlyList<Node> Body, IReadOnlyList<Node> Else) : Node;

/// <summary>Commands joined by |, the result of each being the last argument of the next; maybe into variables.</summary>
sealed record Pipeline(IReadOnlyList<string> Variables, bool Declares, IReadOnlyList<Command> Commands);

/// <summary>An operand, or a function and its arguments.</summary>
sealed record Command(IReadOnlyList<Operand> Words);

/// <summary>A value in a command.</summary>
abstract record Operand;

/// <summary>A string, number, boolean or nil.</summary>
sealed record LiteralOperand(object? Value) : Operand;

/// <summary>The dot, a variable or a parenthesis, and the fields after it. Start null is the dot.</summary>
sealed record ChainOperand(Operand? Start, IReadOnlyList<string> Fields, int Position) : Operand;

/// <summary>$name; the empty name is the whole data.</summary>
sealed record VariableOperand(string Name) : Operand;

/// <summary>A function by name.</summary>
sealed record FunctionOperand(string Name) : Operand;

/// <summary>(pipeline).</summary>
sealed record PipelineOperand(Pipeline Pipeline) : Operand;
