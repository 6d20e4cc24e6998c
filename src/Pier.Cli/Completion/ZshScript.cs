namespace Pier.Cli.Completion;

static class ZshScript
{
    /// <summary>For compsys: as a file "_pier" in $fpath, or sourced after compinit.</summary>
    public const string Text = """
        #compdef pier
        # Completion of pier's command line in zsh.

        _pier() {
            local answer line word text
            local -i directive
            local -a lines entries more
            answer=$("${(Q)words[1]}" __complete "${(@Q)words[2,CURRENT-1]}" "$PREFIX" 2>/dev/null) || return 1
            lines=("${(@f)answer}")
            directive=${lines[-1]#:}
            for line in "${(@)lines[1,-2]}"; do
                word=${line%%$'\t'*}
                text=${line#"$word"}
                text=${text#$'\t'}
                entries+=("${word//:/\\:}${text:+:$text}")
            done
            [[ $PREFIX == --*=* ]] && compset -P '*='
            if (( directive & 16 )); then
                _files -/
                return
            fi
            if (( ${#entries} == 0 )); then
                (( directive & 4 )) && return 1
                _files
                return
            fi
            (( directive & 2 )) && more+=(-S '')
            (( directive & 32 )) && more+=(-V pier)
            _describe -t pier pier entries "${more[@]}"
        }

        if [[ $funcstack[1] == _pier ]]; then
            _pier "$@"
        else
            compdef _pier pier
        fi

        """;
}
