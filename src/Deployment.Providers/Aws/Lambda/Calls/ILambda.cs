namespace Deployment.Providers.Aws.Lambda.Calls;

/// <summary>The calls of AWS Lambda that this package makes, by the names that its own client has. What is refused is an <see cref="Clients.AwsFailure"/>.</summary>
internal interface ILambda
{
    /// <param name="function">The function's name.</param>
    /// <param name="qualifier">A version's number or an alias; null for what can be changed.</param>
    /// <param name="cancellationToken">Cancels.</param>
    Task<FunctionConfiguration> GetFunctionConfigurationAsync(string function, string? qualifier, CancellationToken cancellationToken);

    Task<FunctionConfiguration> UpdateFunctionConfigurationAsync(string function, ConfigurationUpdate update, CancellationToken cancellationToken);

    Task<FunctionConfiguration> UpdateFunctionCodeAsync(string function, CodeUpdate update, CancellationToken cancellationToken);

    Task<FunctionConfiguration> PublishVersionAsync(string function, VersionRequest version, CancellationToken cancellationToken);

    /// <summary>All versions, and what can be changed.</summary>
    Task<IReadOnlyList<FunctionConfiguration>> ListVersionsByFunctionAsync(string function, CancellationToken cancellationToken);

    /// <summary>Deletes one version.</summary>
    Task DeleteFunctionAsync(string function, string version, CancellationToken cancellationToken);

    Task<AliasConfiguration> GetAliasAsync(string function, string alias, CancellationToken cancellationToken);

    Task<IReadOnlyList<AliasConfiguration>> ListAliasesAsync(string function, CancellationToken cancellationToken);

    Task<AliasConfiguration> CreateAliasAsync(string function, AliasConfiguration alias, CancellationToken cancellationToken);

    /// <summary>Changes an alias; what is null stays as it is.</summary>
    Task<AliasConfiguration> UpdateAliasAsync(string function, AliasConfiguration alias, CancellationToken cancellationToken);

    Task DeleteAliasAsync(string function, string alias, CancellationToken cancellationToken);

    /// <summary>Invokes a version and waits for its answer.</summary>
    Task<Invocation> InvokeAsync(string function, string qualifier, byte[] payload, CancellationToken cancellationToken);

    Task<ProvisionedConcurrency> PutProvisionedConcurrencyConfigAsync(string function, string qualifier, int executions, CancellationToken cancellationToken);

    Task<ProvisionedConcurrency> GetProvisionedConcurrencyConfigAsync(string function, string qualifier, CancellationToken cancellationToken);

    Task DeleteProvisionedConcurrencyConfigAsync(string function, string qualifier, CancellationToken cancellationToken);

    /// <summary>Those of the function, whichever alias or version they name.</summary>
    Task<IReadOnlyList<EventSourceMapping>> ListEventSourceMappingsAsync(string function, CancellationToken cancellationToken);

    /// <summary>The resource policy of the function itself, JSON.</summary>
    Task<string> GetPolicyAsync(string function, CancellationToken cancellationToken);

    /// <summary>The address of the function itself.</summary>
    Task<string> GetFunctionUrlConfigAsync(string function, CancellationToken cancellationToken);
}
