using Pier.Build.Dockerfiles;
using Pier.Build.Dockerfiles.Words;
using Pier.Model.Notation;

namespace Pier.Build.Frontend;

static class Expansion
{
    extension(WordExpander expander)
    {
        /// <summary>One word; an error says which, in Docker's words.</summary>
        public string Expand(string text, Variables variables, ICollection<string>? unset = null)
        {
            try
            {
                return expander.Word(text, variables, unset);
            }
            catch (InstructionException e)
            {
                throw Failed(text, e);
            }
        }

        /// <summary>The words of a text; an error says which text, in Docker's words.</summary>
        public IReadOnlyList<string> ExpandWords(string text, Variables variables, ICollection<string>? unset = null)
        {
            try
            {
                return expander.Words(text, variables, unset);
            }
            catch (InstructionException e)
            {
                throw Failed(text, e);
            }
        }
    }

    static InstructionException Failed(string text, InstructionException e) =>
        new(
            $"failed to process {GoQuote.Text(text.Length > 200 ? text[..200] + "..." : text)}: {e.Message}",
            e.Word is { } word && text.Contains(word) ? word : text
        );
}
