using Pier.Cli.CommandLines;

namespace Pier.Cli.Completion;

/// <summary>pier completion SHELL: a script that asks the program itself what fits (<see cref="CompletionCommand"/>).</summary>
static class Scripts
{
    public static CommandSpec Spec(string shell) =>
        new()
        {
            Name = "completion " + shell,
            Usage = shell == "bash" ? "" : "[OPTIONS]",
            Summary = $"Generate the completion script for {shell}",
            Details = Installation(shell),
            // Bash has no place for descriptions.
            Options = shell == "bash" ? [] : [new("no-descriptions", '\0', "", "Leave descriptions out")],
            MaximumArguments = 0,
            Run = call =>
            {
                var script = Of(shell);
                call.Out.Write(call.Line.Flag("no-descriptions") ? script.Replace(" __complete ", " __completeNoDesc ") : script);
                return 0;
            },
        };

    static string Of(string shell) =>
        shell switch
        {
            "bash" => BashScript.Text,
            "zsh" => ZshScript.Text,
            "fish" => FishScript.Text,
            _ => PowerShellScript.Text,
        };

    static string Installation(string shell) =>
        shell switch
        {
            "bash" => "For this shell:   source <({0})\nFor every shell:  {0} > /etc/bash_completion.d/pier",
            "zsh" => "For this shell:   source <({0})\nFor every shell:  {0} > \"${fpath[1]}/_pier\"",
            "fish" => "For this shell:   {0} | source\nFor every shell:  {0} > ~/.config/fish/completions/pier.fish",
            _ => "For this shell:   {0} | Out-String | Invoke-Expression\nFor every shell:  add that line to $PROFILE",
        };
}
