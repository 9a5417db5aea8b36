using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Deployment.Providers.Aws.Clients;
using Deployment.Releases;

namespace Deployment.Providers.Aws.Lambda.Calls;

/// <summary>AWS Lambda by its REST interface (docs.aws.amazon.com/lambda/latest/api/API_Operations.html).</summary>
internal sealed class LambdaClient(AwsAccess access) : ILambda
{
    private const string Functions = "/2015-03-31/functions/{Function}";
    private const string Provisioned = "/2019-09-30/functions/{Function}/provisioned-concurrency";
    private const int MostPages = 1000;

    private static readonly AwsService _service = new("Lambda", "lambda");

    public Task<FunctionConfiguration> GetFunctionConfigurationAsync(string function, string? qualifier, CancellationToken cancellationToken) =>
        AskAsync(Call("GetFunctionConfiguration", function, qualifier, "GET", $"{Functions}/configuration"), LambdaJson.Default.FunctionConfiguration, cancellationToken);

    public Task<FunctionConfiguration> UpdateFunctionConfigurationAsync(string function, ConfigurationUpdate update, CancellationToken cancellationToken) =>
        AskAsync(Call("UpdateFunctionConfiguration", function, null, "PUT", $"{Functions}/configuration", Body(update, LambdaJson.Default.ConfigurationUpdate)), LambdaJson.Default.FunctionConfiguration, cancellationToken);

    public Task<FunctionConfiguration> UpdateFunctionCodeAsync(string function, CodeUpdate update, CancellationToken cancellationToken) =>
        AskAsync(Call("UpdateFunctionCode", function, null, "PUT", $"{Functions}/code", Body(update, LambdaJson.Default.CodeUpdate)), LambdaJson.Default.FunctionConfiguration, cancellationToken);

    public Task<FunctionConfiguration> PublishVersionAsync(string function, VersionRequest version, CancellationToken cancellationToken) =>
        AskAsync(Call("PublishVersion", function, null, "POST", $"{Functions}/versions", Body(version, LambdaJson.Default.VersionRequest)), LambdaJson.Default.FunctionConfiguration, cancellationToken);

    public Task<IReadOnlyList<FunctionConfiguration>> ListVersionsByFunctionAsync(string function, CancellationToken cancellationToken) =>
        ListAsync(() => Call("ListVersionsByFunction", function, null, "GET", $"{Functions}/versions"), LambdaJson.Default.VersionPage, page => (page.Versions, page.NextMarker), cancellationToken);

    public Task DeleteFunctionAsync(string function, string version, CancellationToken cancellationToken) =>
        SendAsync(Call("DeleteFunction", function, version, "DELETE", Functions), cancellationToken);

    public Task<AliasConfiguration> GetAliasAsync(string function, string alias, CancellationToken cancellationToken) =>
        AskAsync(OfAlias("GetAlias", function, alias, "GET"), LambdaJson.Default.AliasConfiguration, cancellationToken);

    public Task<IReadOnlyList<AliasConfiguration>> ListAliasesAsync(string function, CancellationToken cancellationToken) =>
        ListAsync(() => Call("ListAliases", function, null, "GET", $"{Functions}/aliases"), LambdaJson.Default.AliasPage, page => (page.Aliases, page.NextMarker), cancellationToken);

    public Task<AliasConfiguration> CreateAliasAsync(string function, AliasConfiguration alias, CancellationToken cancellationToken) =>
        AskAsync(Call("CreateAlias", function, null, "POST", $"{Functions}/aliases", Body(alias, LambdaJson.Default.AliasConfiguration)), LambdaJson.Default.AliasConfiguration, cancellationToken);

    public Task<AliasConfiguration> UpdateAliasAsync(string function, AliasConfiguration alias, CancellationToken cancellationToken) =>
        AskAsync(OfAlias("UpdateAlias", function, alias.Name ?? "", "PUT", Body(alias with { Name = null }, LambdaJson.Default.AliasConfiguration)), LambdaJson.Default.AliasConfiguration, cancellationToken);

    public Task DeleteAliasAsync(string function, string alias, CancellationToken cancellationToken) =>
        SendAsync(OfAlias("DeleteAlias", function, alias, "DELETE"), cancellationToken);

    public async Task<Invocation> InvokeAsync(string function, string qualifier, byte[] payload, CancellationToken cancellationToken)
    {
        AwsRestRequest call = Call("InvokeFunction", function, qualifier, "POST", $"{Functions}/invocations", payload);
        call.Headers["X-Amz-Invocation-Type"] = "RequestResponse";
        call.Headers["X-Amz-Log-Type"] = "Tail";
        AwsRestResponse answer = await SendAsync(call, cancellationToken);
        return new Invocation(answer.Headers.GetValueOrDefault("X-Amz-Executed-Version"), answer.Headers.GetValueOrDefault("X-Amz-Function-Error"), answer.Body, Log(answer.Headers.GetValueOrDefault("X-Amz-Log-Result")));
    }

    public Task<ProvisionedConcurrency> PutProvisionedConcurrencyConfigAsync(string function, string qualifier, int executions, CancellationToken cancellationToken) =>
        AskAsync(Call("PutProvisionedConcurrencyConfig", function, qualifier, "PUT", Provisioned, Body(new ConcurrencyRequest(executions), LambdaJson.Default.ConcurrencyRequest)), LambdaJson.Default.ProvisionedConcurrency, cancellationToken);

    public Task<ProvisionedConcurrency> GetProvisionedConcurrencyConfigAsync(string function, string qualifier, CancellationToken cancellationToken) =>
        AskAsync(Call("GetProvisionedConcurrencyConfig", function, qualifier, "GET", Provisioned), LambdaJson.Default.ProvisionedConcurrency, cancellationToken);

    public Task DeleteProvisionedConcurrencyConfigAsync(string function, string qualifier, CancellationToken cancellationToken) =>
        SendAsync(Call("DeleteProvisionedConcurrencyConfig", function, qualifier, "DELETE", Provisioned), cancellationToken);

    public Task<IReadOnlyList<EventSourceMapping>> ListEventSourceMappingsAsync(string function, CancellationToken cancellationToken) => ListAsync(
        () => new AwsRestRequest("ListEventSourceMappings", function, "GET", "/2015-03-31/event-source-mappings/") { Query = { ["FunctionName"] = function } },
        LambdaJson.Default.MappingPage,
        page => (page.EventSourceMappings, page.NextMarker),
        cancellationToken);

    public async Task<string> GetPolicyAsync(string function, CancellationToken cancellationToken) =>
        (await AskAsync(Call("GetPolicy", function, null, "GET", $"{Functions}/policy"), LambdaJson.Default.PolicyAnswer, cancellationToken)).Policy ?? "";

    public async Task<string> GetFunctionUrlConfigAsync(string function, CancellationToken cancellationToken) =>
        (await AskAsync(Call("GetFunctionUrlConfig", function, null, "GET", "/2021-10-31/functions/{Function}/url"), LambdaJson.Default.FunctionUrlAnswer, cancellationToken)).FunctionUrl ?? "";

    private static AwsRestRequest Call(string action, string function, string? qualifier, string method, string path, byte[]? body = null)
    {
        var call = new AwsRestRequest(action, qualifier is null ? function : $"{function}:{qualifier}", method, path) { Values = { ["Function"] = function }, Body = body };
        if (qualifier is not null)
        {
            call.Query["Qualifier"] = qualifier;
        }

        return call;
    }

    private static AwsRestRequest OfAlias(string action, string function, string alias, string method, byte[]? body = null) =>
        new(action, $"{function}:{alias}", method, $"{Functions}/aliases/{{Alias}}") { Values = { ["Function"] = function, ["Alias"] = alias }, Body = body };

    private static byte[] Body<T>(T value, JsonTypeInfo<T> type) => JsonSerializer.SerializeToUtf8Bytes(value, type);

    private async Task<T> AskAsync<T>(AwsRestRequest call, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        AwsRestResponse answer = await SendAsync(call, cancellationToken);
        try
        {
            return JsonSerializer.Deserialize(answer.Body, type) ?? throw new JsonException("It is null.");
        }
        catch (JsonException error)
        {
            throw new DeploymentException($"lambda:{call.Action} on {Naming.Printable(call.Resource)} was answered with what can't be understood: {Naming.Printable(error.Message)} Is the address that of AWS Lambda?", error);
        }
    }

    private async Task<IReadOnlyList<TItem>> ListAsync<TPage, TItem>(Func<AwsRestRequest> call, JsonTypeInfo<TPage> type, Func<TPage, (List<TItem>? Items, string? Next)> read, CancellationToken cancellationToken)
        where TPage : class
    {
        List<TItem> all = [];
        string? marker = null;
        for (int page = 0; page < MostPages; page++)
        {
            AwsRestRequest request = call();
            request.Query["MaxItems"] = "50";
            if (marker is not null)
            {
                request.Query["Marker"] = marker;
            }

            (List<TItem>? items, string? next) = read(await AskAsync(request, type, cancellationToken));
            all.AddRange((items ?? []).Where(item => item is not null));
            if (string.IsNullOrEmpty(next))
            {
                return all;
            }

            marker = next != marker ? next : throw new DeploymentException($"lambda:{request.Action} on {Naming.Printable(request.Resource)} names the same next page again, so the list has no end.");
        }

        throw new DeploymentException(string.Create(CultureInfo.InvariantCulture, $"lambda:{call().Action} has more than {MostPages} pages. Delete what is old."));
    }

    private Task<AwsRestResponse> SendAsync(AwsRestRequest call, CancellationToken cancellationToken)
    {
        return access.SendAsync(_service, call, cancellationToken);
    }

    private static string Log(string? encoded)
    {
        try
        {
            return encoded is null ? "" : Encoding.UTF8.GetString(Convert.FromBase64String(encoded));
        }
        catch (FormatException)
        {
            return "";
        }
    }
}
