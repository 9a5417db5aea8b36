using System.Net;
using Deployment.Providers.Aws.Clients;
using Deployment.Providers.Aws.Lambda.Calls;

namespace Deployment.Providers.Aws.Tests.Lambda.Support;

// Aliases, and environments that are kept warm.
internal sealed partial class StubLambda
{
    public Task<AliasConfiguration> GetAliasAsync(string function, string alias, CancellationToken cancellationToken)
    {
        Check(function, "GetAlias");
        return Task.FromResult(_aliases.GetValueOrDefault(alias) ?? throw NoAlias("GetAlias", alias));
    }

    public Task<IReadOnlyList<AliasConfiguration>> ListAliasesAsync(string function, CancellationToken cancellationToken)
    {
        Check(function, "ListAliases");
        return Task.FromResult<IReadOnlyList<AliasConfiguration>>([.. _aliases.Values]);
    }

    public Task<AliasConfiguration> CreateAliasAsync(string function, AliasConfiguration alias, CancellationToken cancellationToken)
    {
        Check(function, "CreateAlias");
        return _aliases.ContainsKey(alias.Name!) ? throw Failure("ResourceConflictException", HttpStatusCode.Conflict, $"Alias already exists: {alias.Name}", "CreateAlias") : SetAsync("CreateAlias", alias);
    }

    // api/API_UpdateAlias.html: what isn't given stays.
    public Task<AliasConfiguration> UpdateAliasAsync(string function, AliasConfiguration alias, CancellationToken cancellationToken)
    {
        Check(function, "UpdateAlias");
        AliasConfiguration now = _aliases.GetValueOrDefault(alias.Name!) ?? throw NoAlias("UpdateAlias", alias.Name!);
        RefuseRevision(alias.RevisionId, now.RevisionId, "UpdateAlias");
        return SetAsync("UpdateAlias", now with
        {
            FunctionVersion = alias.FunctionVersion ?? now.FunctionVersion,
            Description = alias.Description ?? now.Description,
            RoutingConfig = alias.RoutingConfig ?? now.RoutingConfig,
        });
    }

    public Task DeleteAliasAsync(string function, string alias, CancellationToken cancellationToken)
    {
        Check(function, "DeleteAlias");
        _aliases.Remove(alias);
        Changed("DeleteAlias");
        return Task.CompletedTask;
    }

    // dg/provisioned-concurrency.html
    public Task<ProvisionedConcurrency> PutProvisionedConcurrencyConfigAsync(string function, string qualifier, int executions, CancellationToken cancellationToken)
    {
        Check(function, "PutProvisionedConcurrencyConfig");
        int number = _versions.FirstOrDefault(one => Text(one.Number) == qualifier)?.Number ?? throw NoVersion("PutProvisionedConcurrencyConfig", qualifier);
        RefuseConcurrency(number, executions);
        _provisioned[number] = (executions, Now + PendingTime);
        Changed("PutProvisionedConcurrencyConfig");
        return Task.FromResult(Concurrency(number));
    }

    public Task<ProvisionedConcurrency> GetProvisionedConcurrencyConfigAsync(string function, string qualifier, CancellationToken cancellationToken)
    {
        Check(function, "GetProvisionedConcurrencyConfig");
        int number = int.TryParse(qualifier, out int found) ? found : 0;
        return Task.FromResult(_provisioned.ContainsKey(number) ? Concurrency(number) : throw Failure("ProvisionedConcurrencyConfigNotFoundException", HttpStatusCode.NotFound, "No Provisioned Concurrency Config found for this function", "GetProvisionedConcurrencyConfig"));
    }

    public Task DeleteProvisionedConcurrencyConfigAsync(string function, string qualifier, CancellationToken cancellationToken)
    {
        Check(function, "DeleteProvisionedConcurrencyConfig");
        if (int.TryParse(qualifier, out int number) && _provisioned.Remove(number))
        {
            Changed("DeleteProvisionedConcurrencyConfig");
        }

        return Task.CompletedTask;
    }

    // dg/configuring-alias-routing.html: two versions at most, both published, with one role and one dead-letter queue.
    private Task<AliasConfiguration> SetAsync(string action, AliasConfiguration alias)
    {
        RefuseDescription(alias.Description, action);
        string[] versions = [alias.FunctionVersion!, .. alias.RoutingConfig?.AdditionalVersionWeights?.Keys ?? Enumerable.Empty<string>()];
        StubVersion[] found = [.. versions.Select(version => _versions.FirstOrDefault(one => Text(one.Number) == version) ?? throw NoVersion(action, version))];
        if (found.Length > 2 || found.Select(one => (one.Configuration.Role, one.Configuration.DeadLetterConfig)).Distinct().Count() > 1)
        {
            throw Failure("InvalidParameterValueException", HttpStatusCode.BadRequest, "The versions of an alias must have the same role and dead-letter queue, and be two at most", action);
        }

        foreach (StubVersion version in found.Where(one => Seen(one).State != "Active"))
        {
            Violations.Add($"{alias.Name} was pointed at version {version.Number}, which is {Seen(version).State}");
        }

        AliasConfiguration set = alias with { RevisionId = NextRevision() };
        _aliases[alias.Name!] = set;
        Changed(action);
        return Task.FromResult(set);
    }

    private ProvisionedConcurrency Concurrency(int number) => new()
    {
        RequestedProvisionedConcurrentExecutions = _provisioned[number].Executions,
        Status = Now < _provisioned[number].ReadyAt ? "IN_PROGRESS" : WarmingFails is null ? "READY" : "FAILED",
        StatusReason = Now < _provisioned[number].ReadyAt ? null : WarmingFails,
    };

    private static AwsFailure NoAlias(string action, string alias) => Failure("ResourceNotFoundException", HttpStatusCode.NotFound, $"Cannot find alias arn: {Arn}:{alias}", action, $"{Function}:{alias}");
}
