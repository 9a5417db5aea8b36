namespace Deployment.Releases;

/// <summary>Checks what people call a step, a check or a person: free text on one line.</summary>
internal static class Title
{
    private const int MaxLength = 120;

    internal static string Check(string what, string? text) =>
        Problem(what, text) is { } problem ? throw new DeploymentException(problem) : text!;

    internal static string? Problem(string what, string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return $"A {what} needs a text of 1 to {MaxLength} characters.";
        }

        return text.Length > MaxLength || text.Any(c => char.IsControl(c) || c is '\u2028' or '\u2029')
            ? $"The {what} name '{Naming.Printable(text)}' can't be used: take at most {MaxLength} characters on one line, without control characters."
            : null;
    }
}
