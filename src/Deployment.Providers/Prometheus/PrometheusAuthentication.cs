using System.Net.Http.Headers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Deployment.Secrets;

namespace Deployment.Providers.Prometheus;

/// <summary>How requests to Prometheus are authenticated. It names a secret and never has one.</summary>
public sealed record PrometheusAuthentication
{
    private PrometheusAuthentication(string? user, string secretName)
    {
        ArgumentNullException.ThrowIfNull(secretName);
        User = user;
        SecretName = secretName;
    }

    /// <summary>The user, where it is one with a password; null for a bearer token.</summary>
    public string? User { get; }

    /// <summary>The name of the token or password, by which <see cref="PrometheusOptions.Secrets"/> gives it.</summary>
    public string SecretName { get; }

    /// <summary>With a token.</summary>
    /// <param name="secretName">The name of the token; never the token.</param>
    public static PrometheusAuthentication Bearer(string secretName) => new(null, secretName);

    /// <summary>With a user and a password.</summary>
    /// <param name="user">The user, without a colon.</param>
    /// <param name="secretName">The name of the password; never the password.</param>
    public static PrometheusAuthentication Basic(string user, string secretName)
    {
        ArgumentNullException.ThrowIfNull(user);
        return new PrometheusAuthentication(user, secretName);
    }

    /// <summary>The variable that a printed command takes it from.</summary>
    internal string Variable
    {
        get
        {
            string name = string.Concat(SecretName.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'));
            return name.Length == 0 || char.IsAsciiDigit(name[0]) ? "_" + name : name;
        }
    }

    internal IEnumerable<string> Problems()
    {
        if (string.IsNullOrWhiteSpace(SecretName))
        {
            yield return "Authentication names no secret. Give the name of the token or password, by which the secret store knows it.";
        }

        if (User is not null && (User.Length == 0 || User.Any(c => c == ':' || char.IsControl(c))))
        {
            yield return "The user of Authentication is empty, or has a colon or a control character in it, which HTTP can't send.";
        }
    }

    /// <summary>Null when such a secret can't be sent: an exception of the framework would show it.</summary>
    internal AuthenticationHeaderValue? Header(Secret secret) => User is null
        ? secret.Reveal() is { Length: > 0 } token && token.All(c => c is > ' ' and < '\x7f') ? new AuthenticationHeaderValue("Bearer", token) : null
        : new AuthenticationHeaderValue("Basic", Encoded(secret));

    /// <summary>A text without any form of the secret, whatever an answer has in it.</summary>
    internal string Masked(string text, Secret secret)
    {
        string value = secret.Reveal();
        string[] forms = [Encoded(secret), value, JsonEncodedText.Encode(value).Value, JsonEncodedText.Encode(value, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).Value, Uri.EscapeDataString(value)];
        return forms.Where(form => form.Length > 0).Aggregate(text, (masked, form) => masked.Replace(form, Secret.Mask, StringComparison.Ordinal));
    }

    private string Encoded(Secret secret) => Convert.ToBase64String(Encoding.UTF8.GetBytes($"{User}:{secret.Reveal()}"));
}
