using System.Text.Json;

namespace Deployment.Providers.Aws.Lambda;

/// <summary>What a function must answer when a check invokes it. All that is set must hold; a function error never passes.</summary>
public sealed class LambdaInvokeOptions
{
    /// <summary>A text that must be in the answer, letter for letter. Default null: any answer.</summary>
    public string? Text { get; set; }

    /// <summary>What <c>statusCode</c> in the answer must be, 100 to 599: functions behind an HTTP API answer so. Default null: any.</summary>
    public int? StatusCode { get; set; }

    internal string? Words { get; private set; }

    internal Func<JsonElement, bool>? Holds { get; private set; }

    /// <summary>Lets code look at the answer, which must be JSON.</summary>
    /// <param name="words">What is looked for, for the plan: 1 to 120 printable characters.</param>
    /// <param name="holds">Whether the answer is as it should be. An exception counts as no.</param>
    public void Expect(string words, Func<JsonElement, bool> holds)
    {
        ArgumentNullException.ThrowIfNull(holds);
        (Words, Holds) = (words, holds);
    }

    internal LambdaInvokeOptions Copy() => (LambdaInvokeOptions)MemberwiseClone();

    internal IEnumerable<string> Problems()
    {
        if (Text?.Length == 0)
        {
            yield return "Text is empty, which every answer has in it. Leave it null.";
        }

        if (StatusCode is < 100 or > 599)
        {
            yield return $"StatusCode is {StatusCode}: take 100 to 599.";
        }

        if (Holds is not null && (string.IsNullOrWhiteSpace(Words) || Words.Length > 120 || Words.Any(char.IsControl)))
        {
            yield return "What is expected needs 1 to 120 printable characters of words for the plan.";
        }
    }
}
