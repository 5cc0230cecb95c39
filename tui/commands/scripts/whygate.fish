# fish completion for whygate. What comes next is asked of whygate itself: see `whygate completion --help`.
function __whygate_complete
    set -l kind ''
    for text in (command whygate completion fish --line=(commandline -cp | string collect) 2>/dev/null)
        if test -z "$kind"
            set kind $text
        else
            echo $text
        end
    end
    if test "$kind" = files
        __fish_complete_path (commandline -ct)
    end
end
complete -c whygate -f -a '(__whygate_complete)'
