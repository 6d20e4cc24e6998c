namespace Pier.Cli.Templates;

/// <summary>A template that cannot be parsed or executed; the message is Go's.</summary>
sealed class TemplateException(string message) : Exception(message);
