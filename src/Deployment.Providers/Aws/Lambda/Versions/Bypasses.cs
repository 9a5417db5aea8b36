using System.Text.Json;
using Deployment.Providers.Aws.Clients;
using Deployment.Providers.Aws.Lambda.Calls;
using Deployment.Releases;

namespace Deployment.Providers.Aws.Lambda.Versions;

/// <summary>Finds who calls a function without its alias: they get what is being prepared as soon as it is written, whatever the traffic.</summary>
internal sealed class Bypasses(LambdaPlace place)
{
    private const int Most = 10;

    /// <summary>Each a sentence. What can't be looked at is one as well.</summary>
    public async Task<IReadOnlyList<string>> FindAsync(CancellationToken cancellationToken)
    {
        string[] found = [.. await MappingsAsync(cancellationToken), .. await PolicyAsync(cancellationToken), .. await UrlAsync(cancellationToken)];
        return found.Length <= Most ? found : [.. found.Take(Most), $"{found.Length - Most} more call the function without the alias."];
    }

    private Task<IReadOnlyList<string>> MappingsAsync(CancellationToken cancellationToken) => TryAsync(async () =>
    [
        .. (await place.Api.ListEventSourceMappingsAsync(place.Function, cancellationToken))
            .Where(mapping => mapping.State != "Disabled" && IsUnqualified(mapping.FunctionArn))
            .Select(mapping => $"The event source mapping {Naming.Printable(mapping.Uuid ?? "")} of {Naming.PrintableUpTo(mapping.EventSourceArn ?? "", 200)} calls the function without the alias {place.Alias}."),
    ]);

    private Task<IReadOnlyList<string>> PolicyAsync(CancellationToken cancellationToken) => TryAsync(async () => Statements(await place.Api.GetPolicyAsync(place.Function, cancellationToken)));

    private Task<IReadOnlyList<string>> UrlAsync(CancellationToken cancellationToken) => TryAsync(async () =>
        [$"The address {Naming.PrintableUpTo(await place.Api.GetFunctionUrlConfigAsync(place.Function, cancellationToken), 200)} calls the function without the alias {place.Alias}."]);

    private IReadOnlyList<string> Statements(string policy)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(policy);
            return json.RootElement.ValueKind != JsonValueKind.Object || !json.RootElement.TryGetProperty("Statement", out JsonElement statements) || statements.ValueKind != JsonValueKind.Array ? [] :
            [
                .. statements.EnumerateArray()
                    .Where(statement => statement.ValueKind == JsonValueKind.Object && IsUnqualified(Text(statement, "Resource")))
                    .Select(statement => $"The statement {Naming.Printable(Text(statement, "Sid") ?? "")} of the function's policy lets {Naming.PrintableUpTo(Who(statement), 200)} call it without the alias {place.Alias}."),
            ];
        }
        catch (JsonException)
        {
            return ["The function's policy can't be read, so it isn't known who may call it without the alias."];
        }
    }

    private static string Who(JsonElement statement) => statement.TryGetProperty("Principal", out JsonElement principal) ? principal.GetRawText() : "somebody";

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    // arn:aws:lambda:region:account:function:name, with an alias or version after it or without.
    private static bool IsUnqualified(string? arn) => arn is not null && (arn.Split(':').Length == 7 || arn.EndsWith(":" + FunctionConfiguration.Latest, StringComparison.Ordinal));

    /// <summary>Nothing that can't be looked at makes a deployment impossible: who may not look, or where AWS has no such thing, may still deploy.</summary>
    private static async Task<IReadOnlyList<string>> TryAsync(Func<Task<IReadOnlyList<string>>> look)
    {
        try
        {
            return await look();
        }
        catch (AwsFailure failure) when (failure.IsNotFound)
        {
            return [];
        }
        catch (AwsFailure failure)
        {
            return [$"It isn't known who calls the function without the alias: {failure.Message}"];
        }
    }
}
