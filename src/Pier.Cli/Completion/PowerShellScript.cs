namespace Pier.Cli.Completion;

static class PowerShellScript
{
    public const string Text = """
        # Completion of pier's command line in PowerShell.

        Register-ArgumentCompleter -Native -CommandName 'pier' -ScriptBlock {
            param($typed, $command, $cursor)
            $words = @($command.CommandElements |
                Where-Object { $_.Extent.StartOffset -lt $cursor } |
                ForEach-Object { $_.Extent.Text })
            $program = $words[0]
            if ($typed -eq '') { $words += '""' }
            $arguments = @($words | Select-Object -Skip 1 | Select-Object -SkipLast 1)
            $last = if ($typed -eq '') { '""' } else { $typed }
            $answer = @(& $program __complete @arguments $last 2>$null)
            if ($answer.Count -lt 1) { return }
            $option = if ($typed -match '^(--[^=]*=)') { $Matches[1] } else { '' }
            $end = if ([int]$answer[-1].Substring(1) -band 2) { '' } else { ' ' }
            $answer | Select-Object -SkipLast 1 | ForEach-Object {
                $word, $text = $_ -split "`t", 2
                if (-not $text) { $text = $word }
                [System.Management.Automation.CompletionResult]::new("$option$word$end", $word, 'ParameterValue', $text)
            }
        }

        """;
}
