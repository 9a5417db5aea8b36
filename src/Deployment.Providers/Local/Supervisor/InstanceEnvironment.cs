using System.Globalization;
using Deployment.Providers.Local.Protocol;

namespace Deployment.Providers.Local.Supervisor;

/// <summary>What a started process sees: a few variables of this user, and what its release says. Nothing that a deployer happens to have set.</summary>
internal static class InstanceEnvironment
{
    private const string PortMark = "{port}";

    private static readonly string[] Inherited =
        ["PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "DOTNET_ROOT", "SSL_CERT_FILE", "SSL_CERT_DIR"];

    /// <summary>The variables that every process of a state folder is given.</summary>
    public static Dictionary<string, string> Base() => Inherited
        .Select(name => KeyValuePair.Create(name, Environment.GetEnvironmentVariable(name)))
        .Where(variable => variable.Value is not null)
        .ToDictionary(variable => variable.Key, variable => variable.Value!, StringComparer.Ordinal);

    public static Dictionary<string, string> Of(InstallRequest request, IReadOnlyDictionary<string, string> secrets, int port)
    {
        Dictionary<string, string> environment = Base();
        environment["PORT"] = port.ToString(CultureInfo.InvariantCulture);
        foreach ((string name, string value) in request.Environment)
        {
            environment[name] = WithPort(value, port);
        }

        foreach ((string name, string value) in secrets)
        {
            environment[name] = value;
        }

        return environment;
    }

    public static string WithPort(string text, int port) => text.Replace(PortMark, port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
}
