namespace Pier.Cli.Completion;

static class BashScript
{
    /// <summary>
    /// Needs bash 4.3 and nothing else: readline's words, which end at "=" and ":" too, are put together again from the line. What was
    /// typed is handed over as it stands and never evaluated.
    /// </summary>
    public const string Text = """
        # Completion of pier's command line in bash.

        __pier_complete() {
            local rest=${COMP_LINE:0:COMP_POINT} piece i
            local -a line=()
            for ((i = 0; i <= COMP_CWORD; i++)); do
                piece=${COMP_WORDS[i]}
                if ((i == 0)) || [[ -z $rest || $rest == [[:blank:]]* ]]; then
                    rest=${rest#"${rest%%[![:blank:]]*}"}
                    ((i == COMP_CWORD)) && piece=$rest
                    # A separate empty piece after "=" or ":" is no word.
                    if [[ -n $piece || ${COMP_LINE:COMP_POINT-1:1} == [[:blank:]] ]]; then
                        line+=("$piece")
                    fi
                else
                    ((i == COMP_CWORD)) && piece=$rest
                    line[-1]+=$piece
                fi
                rest=${rest#"$piece"}
            done
            local typed=${line[-1]} program=${line[0]/#\~/$HOME}
            [[ $(type -t -- "$program") == file ]] || program=pier

            local answer directive text kept= value=$typed
            local -a found=()
            answer=$("$program" __completeNoDesc "${line[@]:1}" 2>/dev/null) || return
            directive=${answer##*:}
            [[ $typed == --*=* ]] && value=${typed#*=}
            # Readline replaces what follows the last of its word breaks.
            [[ $piece == [=:]* ]] && piece=${piece#?}
            if [[ $piece == "$typed" ]]; then
                kept=${typed%"$value"}
            fi
            local before=${value%"$piece"}
            [[ $piece == "$typed" ]] && before=
            while IFS= read -r text; do
                [[ $text == "$value"* ]] && found+=("$kept${text#"$before"}")
            done < <(printf '%s\n' "${answer%:*}" | sed '/^$/d')

            COMPREPLY=()
            if ((directive & 16)); then
                mapfile -t COMPREPLY < <(compgen -d -- "$value")
                compopt -o filenames 2>/dev/null
                return
            fi
            COMPREPLY=("${found[@]}")
            if ((directive & 2 && ${#found[@]} > 0)); then
                compopt -o nospace 2>/dev/null
            fi
            if ((directive & 4)); then
                compopt +o default 2>/dev/null
            fi
            if ((directive & 32)); then
                compopt -o nosort 2>/dev/null
            fi
        }

        complete -o default -F __pier_complete pier

        """;
}
