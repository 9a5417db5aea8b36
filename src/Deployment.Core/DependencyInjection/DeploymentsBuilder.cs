using Deployment.Releases;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Deployment;

/// <summary>Takes the pipelines of a host.</summary>
public sealed class DeploymentsBuilder
{
    internal DeploymentsBuilder(IServiceCollection services) => Services = services;

    /// <summary>The host's services.</summary>
    public IServiceCollection Services { get; }

    /// <summary>Adds a pipeline. It is built once and is also a keyed service of its name; its composition runs once more when the host's options are validated at start, so it must have no side effects.</summary>
    /// <param name="name">1 to 63 letters, digits, '.' or '-'; unique in the host.</param>
    /// <param name="compose">Composes it. Store, clock, command runner, secrets and logging are those of the host, and so is the notifier where one is registered.</param>
    public DeploymentsBuilder AddPipeline(string name, Action<DeploymentPipelineBuilder> compose)
    {
        ArgumentNullException.ThrowIfNull(compose);
        return AddPipeline(name, (_, pipeline) => compose(pipeline));
    }

    /// <summary>Adds a pipeline that is composed with services of the host.</summary>
    /// <param name="name">1 to 63 letters, digits, '.' or '-'; unique in the host.</param>
    /// <param name="compose">Composes it.</param>
    public DeploymentsBuilder AddPipeline(string name, Action<IServiceProvider, DeploymentPipelineBuilder> compose)
    {
        ArgumentNullException.ThrowIfNull(compose);
        Services.AddSingleton(new PipelineRegistration(name, compose));
        if (Naming.Problem("pipeline", name) is null)
        {
            Services.TryAddKeyedSingleton(name, (provider, key) => provider.GetRequiredService<DeploymentPipelines>()[(string)key!]);
        }

        return this;
    }

    /// <summary>
    /// Adds a background worker that resumes runs which a crashed process left open, and carries out later runs when they are due.
    /// </summary>
    public DeploymentsBuilder AddWorker()
    {
        Services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, DeploymentsWorker>());
        return this;
    }
}
