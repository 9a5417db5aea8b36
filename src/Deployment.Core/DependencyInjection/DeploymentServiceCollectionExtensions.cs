using Deployment.Commands;
using Deployment.Secrets;
using Deployment.Store;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Deployment;

/// <summary>Adds deployments to a host.</summary>
public static class DeploymentServiceCollectionExtensions
{
    /// <summary>
    /// Adds what pipelines need: a file store, the command runner, secrets from environment variables and the system's clock, each unless
    /// the host registered its own. Where it registered an <see cref="Notifications.INotifier"/>, that tells persons. Bind <see cref="DeploymentOptions"/> to configuration as usual.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">Sets the options, if given.</param>
    /// <returns>Takes the pipelines.</returns>
    public static DeploymentsBuilder AddDeployments(this IServiceCollection services, Action<DeploymentOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        OptionsBuilder<DeploymentOptions> options = services.AddOptions<DeploymentOptions>().ValidateOnStart();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<DeploymentOptions>, DeploymentOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ISecretStore, EnvironmentSecretStore>();
        services.TryAddSingleton<ICommandRunner>(provider => new CommandRunner(
            provider.GetRequiredService<TimeProvider>(),
            provider.GetService<ILogger<CommandRunner>>()));
        services.TryAddSingleton<IDeploymentStore>(provider => new FileDeploymentStore(
            provider.GetRequiredService<IOptions<DeploymentOptions>>().Value.StoreFolder ?? FileDeploymentStore.DefaultFolder));
        services.TryAddSingleton<DeploymentPipelines>();
        return new DeploymentsBuilder(services);
    }
}
