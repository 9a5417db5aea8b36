using System.Text;
using Deployment.Releases;

namespace Deployment.Providers.Aws.Lambda;

/// <summary>Which settings AWS takes as environment variables (docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html).</summary>
internal static class LambdaSettings
{
    private const int MostBytes = 4096;

    /// <summary>Null when it takes them, else one sentence.</summary>
    public static string? Problem(IReadOnlyDictionary<string, string> settings) =>
        settings.Keys.FirstOrDefault(name => !IsName(name)) is { } wrong ? $"'{Naming.Printable(wrong)}' can't be a variable's name: AWS takes a letter, and then at least one letter, digit or '_'."
        : settings.Keys.FirstOrDefault(name => name is "AWS_REGION" or "AWS_EXECUTION_ENV" or "_HANDLER" || name.StartsWith("AWS_LAMBDA_FUNCTION_", StringComparison.Ordinal)) is { } reserved ? $"AWS sets '{reserved}' itself."
        : settings.Sum(setting => Encoding.UTF8.GetByteCount(setting.Key) + Encoding.UTF8.GetByteCount(setting.Value)) > MostBytes ? $"they have more than {MostBytes} bytes, which is the most that AWS takes. Put what is large into a file of the code, or into AWS Systems Manager."
        : null;

    private static bool IsName(string name) => name.Length >= 2 && char.IsAsciiLetter(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');
}
