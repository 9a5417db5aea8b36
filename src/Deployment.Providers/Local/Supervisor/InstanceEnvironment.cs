using System.Globalization;
using Deployment.Providers.Local.Protocol;

namespace Deployment.Providers.Local.Supervisor;

/// <summary>What a started process sees: a few variables of this user, and what its release says. Nothing that a deployer happens to have set.</summary>
internal static class InstanceEnvironment
{
    /// <summary>The variable that tells an instance its port.</summary>
    public const string Port = "PORT";

    private static readonly string[] Inherited =
        ["PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "DOTNET_ROOT", "SSL_CERT_FILE", "SSL_CERT_DIR"];

    /// <summary>The variables that every process of a state folder is given.</summary>
    public static Dictionary<string, string> Base() => Inherited
        .Select(name => KeyValuePair.Create(name, Environment.GetEnvironmentVariable(name)))
        .Where(variable => variable.Value is not null)
        .ToDictionary(variable => variable.Key, variable => variable.Value!, StringComparer.Ordinal);

    public static Dictionary<string, string> Of(InstallRequest request, IReadOnlyDictionary<string, string> secrets, InstancePlace place)
    {
        Dictionary<string, string> environment = Base();
        if (place.Port > 0)
        {
            environment[Port] = place.Port.ToString(CultureInfo.InvariantCulture);
        }

        if (place.HeartbeatFile is { } heartbeat)
        {
            environment["HEARTBEAT_FILE"] = heartbeat;
        }

        foreach ((string name, string value) in request.Environment)
        {
            environment[name] = place.Fill(value);
        }

        foreach ((string name, string value) in secrets)
        {
            environment[name] = value;
        }

        return environment;
    }
}
