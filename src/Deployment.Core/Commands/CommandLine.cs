using System.Text;

namespace Deployment.Commands;

/// <summary>Prints commands for people. Quoting follows POSIX.1-2017, Shell Command Language, 2.2.2 (single quotes).</summary>
public static class CommandLine
{
    /// <summary>Quotes a text so that a POSIX shell reads it as one word, whatever is in it.</summary>
    public static string Quote(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Length > 0 && text.All(IsPlain) ? text : "'" + text.Replace("'", "'\\''", StringComparison.Ordinal) + "'";
    }

    internal static string Print(Command command) => Print(command, Quote);

    /// <summary>The same with another way to quote arguments, for those that have a variable in them.</summary>
    internal static string Print(Command command, Func<string, string> quoteArgument)
    {
        var line = new StringBuilder();
        if (command.WorkingFolder is { } folder)
        {
            line.Append("cd ").Append(Quote(folder)).Append(" && ");
        }

        foreach ((string name, string value) in command.Environment)
        {
            line.Append(name).Append('=').Append(Quote(value)).Append(' ');
        }

        foreach (string name in command.SecretEnvironment.Keys)
        {
            line.Append(name).Append("=\"$").Append(name).Append("\" ");
        }

        line.Append(Quote(command.Program));
        foreach (string argument in command.Arguments)
        {
            line.Append(' ').Append(quoteArgument(argument));
        }

        return line.ToString();
    }

    private static bool IsPlain(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '/' or ':' or '@' or '%' or '+' or ',';
}
