using System.Text;

namespace QuickStart.Options;

/// <summary>Splits a command into words as a POSIX shell would, and does nothing else that a shell does.</summary>
internal static class CommandWords
{
    /// <exception cref="OptionsException">There is no word, or a quote does not end.</exception>
    public static string[] Split(string command)
    {
        List<string> words = [];
        StringBuilder? word = null;
        for (int i = 0; i < command.Length; i++)
        {
            char c = command[i];
            if (char.IsWhiteSpace(c))
            {
                Take(words, ref word);
                continue;
            }

            word ??= new StringBuilder();
            switch (c)
            {
                case '\'' or '"':
                    i = ReadQuoted(command, i, word);
                    break;
                case '\\' when i + 1 < command.Length:
                    word.Append(command[++i]);
                    break;
                default:
                    word.Append(c);
                    break;
            }
        }

        Take(words, ref word);
        return words.Count > 0 && words[0].Length > 0 ? [.. words] : throw new OptionsException("--app needs a command, such as --app \"python3 -m http.server --bind 127.0.0.1 {port}\".");
    }

    /// <summary>Appends what stands between two quotes, and gives the place of the second.</summary>
    private static int ReadQuoted(string command, int open, StringBuilder word)
    {
        char quote = command[open];
        for (int i = open + 1; i < command.Length; i++)
        {
            if (command[i] == quote)
            {
                return i;
            }

            // Inside double quotes a backslash keeps its meaning only before what it can escape there.
            bool escapes = quote == '"' && command[i] == '\\' && i + 1 < command.Length && command[i + 1] is '"' or '\\';
            word.Append(command[escapes ? ++i : i]);
        }

        throw new OptionsException($"A quote ({quote}) in the command of --app does not end: {command}");
    }

    private static void Take(List<string> words, ref StringBuilder? word)
    {
        if (word is not null)
        {
            words.Add(word.ToString());
            word = null;
        }
    }
}
