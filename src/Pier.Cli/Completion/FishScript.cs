namespace Pier.Cli.Completion;

static class FishScript
{
    /// <summary>Descriptions stand behind a tab in fish's own notation too.</summary>
    public const string Text = """
        # Completion of pier's command line in fish.

        function __pier_complete
            set -l before (commandline -opc)
            set -l typed (commandline -ct)
            set -l answer ($before[1] __complete $before[2..-1] "$typed" 2>/dev/null)
            or return
            set -l directive (string sub -s 2 -- $answer[-1])
            set -e answer[-1]
            set -l option (string match -r -- '^--[^=]*=' "$typed")
            if test (math "floor($directive / 16) % 2") -eq 1
                __fish_complete_directories "$typed"
            else if test (count $answer) -gt 0
                printf "$option%s\n" $answer
            else if test (math "floor($directive / 4) % 2") -eq 0
                __fish_complete_path "$typed"
            end
        end

        complete -c pier -e
        complete -c pier -f -a '(__pier_complete)'

        """;
}
