using System.Net;
using Deployment.Providers.Aws.Clients;
using Deployment.Providers.Aws.Lambda.Calls;

namespace Deployment.Providers.Aws.Tests.Lambda.Support;

// What can be changed, and its versions.
internal sealed partial class StubLambda
{
    public Task<FunctionConfiguration> GetFunctionConfigurationAsync(string function, string? qualifier, CancellationToken cancellationToken)
    {
        Check(function, "GetFunctionConfiguration");
        Settle();
        return Task.FromResult(qualifier is null or FunctionConfiguration.Latest ? _latest
            : Seen(_versions.FirstOrDefault(version => Text(version.Number) == qualifier || _aliases.GetValueOrDefault(qualifier)?.FunctionVersion == Text(version.Number)) ?? throw NoVersion("GetFunctionConfiguration", qualifier)));
    }

    public Task<FunctionConfiguration> UpdateFunctionConfigurationAsync(string function, ConfigurationUpdate update, CancellationToken cancellationToken)
    {
        Check(function, "UpdateFunctionConfiguration");
        Settle();
        RefuseInProgress("UpdateFunctionConfiguration");
        RefuseRevision(update.RevisionId, _latest.RevisionId, "UpdateFunctionConfiguration");
        RefuseDescription(update.Description, "UpdateFunctionConfiguration");
        RefuseVariables(update.Environment?.Variables);
        return UpdateAsync("UpdateFunctionConfiguration", _latest with
        {
            Description = update.Description ?? _latest.Description,
            Environment = update.Environment ?? _latest.Environment,
            MemorySize = update.MemorySize ?? _latest.MemorySize,
            Timeout = update.Timeout ?? _latest.Timeout,
            Handler = update.Handler ?? _latest.Handler,
            Runtime = update.Runtime ?? _latest.Runtime,
        });
    }

    public Task<FunctionConfiguration> UpdateFunctionCodeAsync(string function, CodeUpdate update, CancellationToken cancellationToken)
    {
        Check(function, "UpdateFunctionCode");
        Settle();
        RefuseInProgress("UpdateFunctionCode");
        RefuseRevision(update.RevisionId, _latest.RevisionId, "UpdateFunctionCode");
        RefuseLength(update.ZipFile?.LongLength ?? 0);
        return UpdateAsync("UpdateFunctionCode", _latest with
        {
            CodeSha256 = update.ZipFile is { } zip ? Hash(zip)
                : update.ImageUri is { } image ? image[(image.IndexOf(':', StringComparison.Ordinal) + 1)..]
                : HashOf($"{update.S3Bucket}/{update.S3Key}"),
        });
    }

    // api/API_PublishVersion.html: none where nothing has changed since the last one; only the code that is named; only where nobody came first.
    public Task<FunctionConfiguration> PublishVersionAsync(string function, VersionRequest version, CancellationToken cancellationToken)
    {
        Check(function, "PublishVersion");
        Settle();
        RefuseInProgress("PublishVersion");
        RefuseRevision(version.RevisionId, _latest.RevisionId, "PublishVersion");
        RefuseDescription(version.Description, "PublishVersion");
        if (version.CodeSha256 is { } code && code != _latest.CodeSha256)
        {
            throw Failure("InvalidParameterValueException", HttpStatusCode.BadRequest, $"CodeSHA256 ({code}) is different from current CodeSHA256 in $LATEST", "PublishVersion");
        }

        if (!_isChanged && _versions.Count > 0)
        {
            return Task.FromResult(Seen(_versions[^1]));
        }

        StubVersion made = Make(version.Description);
        Changed("PublishVersion");
        return Task.FromResult(Seen(made));
    }

    public Task<IReadOnlyList<FunctionConfiguration>> ListVersionsByFunctionAsync(string function, CancellationToken cancellationToken)
    {
        Check(function, "ListVersionsByFunction");
        // A list has no states: api/API_ListFunctions.html says so, and a list of versions is taken to be no richer.
        return Task.FromResult<IReadOnlyList<FunctionConfiguration>>(
            [.. _versions.Select(version => version.Configuration).Prepend(_latest with { FunctionArn = $"{Arn}:$LATEST" }).Select(configuration => configuration with { State = null, LastUpdateStatus = null })]);
    }

    // api/API_DeleteFunction.html: a version that an alias names can't be deleted.
    public Task DeleteFunctionAsync(string function, string version, CancellationToken cancellationToken)
    {
        Check(function, "DeleteFunction");
        StubVersion found = _versions.FirstOrDefault(one => Text(one.Number) == version) ?? throw NoVersion("DeleteFunction", version);
        if (_aliases.Values.FirstOrDefault(alias => alias.FunctionVersion == version || alias.RoutingConfig?.AdditionalVersionWeights?.ContainsKey(version) == true) is { } alias)
        {
            throw Failure("ResourceConflictException", HttpStatusCode.Conflict, $"The version is referenced by the alias {alias.Name}", "DeleteFunction", $"{function}:{version}");
        }

        _versions.Remove(found);
        _provisioned.Remove(found.Number);
        Changed("DeleteFunction");
        return Task.CompletedTask;
    }

    public Task<Invocation> InvokeAsync(string function, string qualifier, byte[] payload, CancellationToken cancellationToken)
    {
        Check(function, "InvokeFunction");
        StubVersion found = _versions.FirstOrDefault(one => Text(one.Number) == qualifier) ?? throw NoVersion("InvokeFunction", qualifier);
        // dg/functions-states.html: only an active function is invoked.
        return Seen(found).State == "Active" ? Task.FromResult(Answer(found.Number, payload))
            : throw Failure("ResourceConflictException", HttpStatusCode.Conflict, "The operation cannot be performed at this time. The function is currently in the following state: Pending", "InvokeFunction");
    }

    public Task<IReadOnlyList<EventSourceMapping>> ListEventSourceMappingsAsync(string function, CancellationToken cancellationToken)
    {
        Check(function, "ListEventSourceMappings");
        return Task.FromResult<IReadOnlyList<EventSourceMapping>>(Mappings);
    }

    public Task<string> GetPolicyAsync(string function, CancellationToken cancellationToken)
    {
        Check(function, "GetPolicy");
        return Task.FromResult(Policy ?? throw Failure("ResourceNotFoundException", HttpStatusCode.NotFound, "The resource you requested does not exist.", "GetPolicy"));
    }

    public Task<string> GetFunctionUrlConfigAsync(string function, CancellationToken cancellationToken)
    {
        Check(function, "GetFunctionUrlConfig");
        return Task.FromResult(Url ?? throw Failure("ResourceNotFoundException", HttpStatusCode.NotFound, "The resource you requested does not exist.", "GetFunctionUrlConfig"));
    }

    // A revision changes with the update, and again when it has taken effect: github.com/aws/aws-sdk/issues/377.
    private Task<FunctionConfiguration> UpdateAsync(string action, FunctionConfiguration changed)
    {
        _isChanged |= !IsSame(changed, _latest);
        _latest = changed with { RevisionId = NextRevision(), LastUpdateStatus = "InProgress" };
        _settledAt = Now + UpdateTime;
        Changed(action);
        return Task.FromResult(_latest);
    }

    private void Settle()
    {
        if (_latest.LastUpdateStatus == "InProgress" && Now >= _settledAt)
        {
            _latest = _latest with { LastUpdateStatus = UpdatesFail is null ? "Successful" : "Failed", LastUpdateStatusReason = UpdatesFail, RevisionId = NextRevision() };
        }
    }

    // dg/functions-states.html
    private void RefuseInProgress(string action)
    {
        if (_latest.LastUpdateStatus == "InProgress")
        {
            throw Failure("ResourceConflictException", HttpStatusCode.Conflict, $"The operation cannot be performed at this time. An update is in progress for resource: {Arn}", action);
        }
    }

    // api/API_UpdateFunctionConfiguration.html, api/API_UpdateAlias.html
    private void RefuseRevision(string? given, string? current, string action)
    {
        if (given is null)
        {
            throw new InvalidOperationException($"{action} came without a revision. AWS takes that for whatever is there; here each change is bound to what was read.");
        }

        if (ComparesRevisions && given != current)
        {
            throw Failure("PreconditionFailedException", HttpStatusCode.PreconditionFailed, "The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id", action);
        }
    }

    // A number never comes again (dg/configuration-versions.html).
    private StubVersion Make(string? description)
    {
        int number = ++_numbers;
        var version = new StubVersion(number, _latest with { Version = Text(number), FunctionArn = $"{Arn}:{number}", Description = description ?? _latest.Description, RevisionId = NextRevision() }, Now + PendingTime, VersionsFail);
        _versions.Add(version);
        _isChanged = false;
        return version;
    }

    private FunctionConfiguration Seen(StubVersion version) => version.Configuration with
    {
        State = Now < version.ActiveAt ? "Pending" : version.Fails is null ? "Active" : "Failed",
        StateReason = Now < version.ActiveAt || version.Fails is null ? null : version.Fails,
        StateReasonCode = Now < version.ActiveAt || version.Fails is null ? null : "InvalidSubnet",
        LastUpdateStatus = "Successful",
    };

    private static AwsFailure NoVersion(string action, string qualifier) => Failure("ResourceNotFoundException", HttpStatusCode.NotFound, $"Function not found: {Arn}:{qualifier}", action, $"{Function}:{qualifier}");
}
