using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using Deployment.Releases;

namespace Deployment.Providers.Aws.Lambda;

/// <summary>Which settings AWS takes as environment variables (docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html).</summary>
internal static class LambdaSettings
{
    private const int MostBytes = 4096;

    // The page's list of those that can't be set. AWS_LAMBDA_EXEC_WRAPPER, for one, can.
    private static readonly FrozenSet<string> _reserved = FrozenSet.ToFrozenSet(
    [
        "_HANDLER", "_X_AMZN_TRACE_ID", "AWS_DEFAULT_REGION", "AWS_REGION", "AWS_EXECUTION_ENV",
        "AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_VERSION", "AWS_LAMBDA_INITIALIZATION_TYPE",
        "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME", "AWS_LAMBDA_RUNTIME_API",
        "AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "LAMBDA_TASK_ROOT", "LAMBDA_RUNTIME_DIR",
    ], StringComparer.Ordinal);

    /// <summary>Null when it takes them, else one sentence.</summary>
    public static string? Problem(IReadOnlyDictionary<string, string> settings) =>
        settings.Keys.FirstOrDefault(_reserved.Contains) is { } reserved ? $"AWS sets '{reserved}' itself."
        : settings.Keys.FirstOrDefault(name => !IsName(name)) is { } wrong ? $"'{Naming.Printable(wrong)}' can't be a variable's name: AWS takes a letter, and then at least one letter, digit or '_'."
        : SizeProblem(settings);

    /// <summary>Null when all variables of a function aren't too much together, else one sentence that names sizes alone.</summary>
    public static string? SizeProblem(IReadOnlyDictionary<string, string> variables) => Measure(variables) is var bytes && bytes <= MostBytes ? null
        : string.Create(CultureInfo.InvariantCulture, $"they have {bytes} bytes as JSON, and AWS takes no more than {MostBytes} bytes. Put what is large into a file of the code, or into AWS Systems Manager.");

    private static bool IsName(string name) => name.Length >= 2 && char.IsAsciiLetter(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');

    // As AWS does, which says what it measured where that is too long: an object of JSON with the fewest characters.
    private static int Measure(IReadOnlyDictionary<string, string> variables) => 2 + Math.Max(0, variables.Count - 1)
        + variables.Sum(variable => 5 + Encoding.UTF8.GetByteCount(variable.Key) + Encoding.UTF8.GetByteCount(variable.Value) + variable.Value.Sum(Escape));

    private static int Escape(char c) => c switch
    {
        '"' or '\\' or '\b' or '\f' or '\n' or '\r' or '\t' => 1,
        < ' ' => 5,
        _ => 0,
    };
}
