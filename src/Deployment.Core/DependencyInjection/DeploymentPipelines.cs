using System.Diagnostics.CodeAnalysis;
using Deployment.Commands;
using Deployment.Notifications;
using Deployment.Releases;
using Deployment.Secrets;
using Deployment.Store;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Deployment;

/// <summary>The pipelines of a host, by name.</summary>
[SuppressMessage("Naming", "CA1710:Identifiers should have correct suffix", Justification = "It is looked up by name and is no collection of its own.")]
public sealed class DeploymentPipelines
{
    private readonly IServiceProvider _provider;
    private readonly Lazy<IReadOnlyDictionary<string, DeploymentPipeline>> _pipelines;

    /// <summary>Creates the table; the host's container does.</summary>
    /// <param name="provider">The host's services.</param>
    public DeploymentPipelines(IServiceProvider provider)
    {
        _provider = provider;
        _pipelines = new Lazy<IReadOnlyDictionary<string, DeploymentPipeline>>(() => Build(provider.GetRequiredService<IOptions<DeploymentOptions>>().Value, _provider), LazyThreadSafetyMode.PublicationOnly);
    }

    /// <summary>All of them, by name.</summary>
    /// <exception cref="OptionsValidationException">Something is wrong with the options or with a pipeline; all errors together.</exception>
    public IReadOnlyDictionary<string, DeploymentPipeline> All => _pipelines.Value;

    /// <summary>The pipeline of that name.</summary>
    /// <exception cref="DeploymentException">There is none.</exception>
    public DeploymentPipeline this[string name] => All.TryGetValue(name, out DeploymentPipeline? pipeline)
        ? pipeline
        : throw new DeploymentException($"There is no pipeline '{Naming.Printable(name)}'. There are: {string.Join(", ", All.Keys)}.");

    /// <summary>Builds all pipelines, so that all errors are found.</summary>
    internal static IEnumerable<string> Problems(DeploymentOptions options, IServiceProvider provider)
    {
        PipelineRegistration[] registrations = [.. provider.GetServices<PipelineRegistration>()];
        foreach (IGrouping<string, PipelineRegistration> same in registrations.GroupBy(registration => registration.Name).Where(same => same.Count() > 1))
        {
            yield return $"{same.Count()} pipelines are called '{Naming.Printable(same.Key)}'. Give each its own name.";
        }

        foreach (PipelineRegistration registration in registrations)
        {
            foreach (string problem in ProblemsOf(registration, options, provider))
            {
                yield return problem;
            }
        }
    }

    private static IReadOnlyList<string> ProblemsOf(PipelineRegistration registration, DeploymentOptions options, IServiceProvider provider)
    {
        try
        {
            // Not the host's store: making it would read the options that are just being validated.
            Build(registration, options, provider, () => new FileDeploymentStore(options.StoreFolder ?? FileDeploymentStore.DefaultFolder));
            return [];
        }
        catch (DeploymentValidationException error)
        {
            return [.. error.Errors.Select(problem => $"Pipeline '{Naming.Printable(registration.Name ?? "")}': {problem}")];
        }
        catch (Exception error) when (error is DeploymentException or InvalidOperationException or ArgumentException)
        {
            return [$"Pipeline '{Naming.Printable(registration.Name ?? "")}' can't be composed: {error.Message}"];
        }
    }

    private static Dictionary<string, DeploymentPipeline> Build(DeploymentOptions options, IServiceProvider provider) =>
        provider.GetServices<PipelineRegistration>().ToDictionary(registration => registration.Name, registration => Build(registration, options, provider, provider.GetRequiredService<IDeploymentStore>), StringComparer.Ordinal);

    private static DeploymentPipeline Build(PipelineRegistration registration, DeploymentOptions options, IServiceProvider provider, Func<IDeploymentStore> store)
    {
        DeploymentPipelineBuilder pipeline = DeploymentPipeline.Create(registration.Name)
            .UseTimeProvider(provider.GetRequiredService<TimeProvider>())
            .UseCommands(provider.GetRequiredService<ICommandRunner>())
            .UseSecrets(provider.GetRequiredService<ISecretStore>())
            .UseEngine(options.Engine);
        if (provider.GetService<ILoggerFactory>() is { } logging)
        {
            pipeline.UseLogging(logging);
        }

        if (provider.GetService<INotifier>() is { } notifier)
        {
            pipeline.Notify(notifier);
        }

        registration.Compose(provider, pipeline);
        return pipeline.Build(store);
    }
}
