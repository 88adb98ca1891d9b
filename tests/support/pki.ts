/**
 * Certificates for tests, made by the system's openssl: an authority, another one with the same
 * name, and certificates that are good or wrong in one way each.
 */
import { type Result, run } from "./luamtev.ts";

/** Whether there is an openssl; tests that need one are ignored otherwise. */
export const hasOpenssl = await (async () => {
  try {
    return (await run("openssl", ["version"])).code === 0;
  } catch {
    return false;
  }
})();

const SCRIPT = `
set -e
authority() {
  openssl req -x509 -newkey rsa:2048 -nodes -keyout $1.key -out $1.crt -days 3650 \\
    -subj "/O=Test/CN=Test CA" -addext basicConstraints=critical,CA:true
}
signed() { # name, authority, extensions
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout $1.key \\
    -out $1.csr -subj "/C=DE/O=Test/CN=$1.test"
  printf "$3" > $1.ext
  openssl x509 -req -in $1.csr -CA $2.crt -CAkey $2.key -CAcreateserial -out $1.crt -days 365 \\
    -extfile $1.ext
}
dated() { # name, from, to
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout $1.key \\
    -out $1.csr -subj "/CN=$1.test"
  openssl ca -config ca.cnf -batch -notext -in $1.csr -out $1.crt -startdate $2 -enddate $3
}
authority ca
authority imposter
touch index.txt
echo 1000 > serial
printf '[ca]\\ndefault_ca=d\\n[d]\\ndatabase=index.txt\\nserial=serial\\nnew_certs_dir=.\\ncertificate=ca.crt\\nprivate_key=ca.key\\ndefault_md=sha256\\npolicy=p\\nx509_extensions=e\\n[e]\\nsubjectKeyIdentifier=hash\\n[p]\\ncommonName=supplied\\n' > ca.cnf
signed server ca 'subjectAltName=DNS:server.test,DNS:*.alt.test,IP:127.0.0.1\\nauthorityInfoAccess=OCSP;URI:http://ocsp.test/\\n'
signed client ca 'extendedKeyUsage=clientAuth\\n'
signed imposed imposter 'subjectAltName=DNS:imposed.test\\n'
signed middle ca 'basicConstraints=critical,CA:true\\n'
signed below middle 'subjectAltName=DNS:below.test\\n'
signed lower server 'subjectAltName=DNS:lower.test\\n'
cat middle.crt >> below.crt
cat server.crt >> lower.crt
dated expired 20200101000000Z 20210101000000Z
dated future 20600101000000Z 20610101000000Z
openssl req -x509 -newkey rsa:2048 -nodes -keyout self.key -out self.crt -days 365 -subj /CN=self.test
`;

/** A folder of certificates and keys, removed at the end. */
export class Pki implements Disposable {
  readonly path: string = Deno.realPathSync(Deno.makeTempDirSync());

  static async make(): Promise<Pki> {
    const pki = new Pki();
    const result: Result = await run("sh", ["-c", SCRIPT], { cwd: pki.path });
    if (result.code !== 0) {
      throw new Error(`Cannot make certificates: ${result.stderr}`);
    }
    return pki;
  }

  /** The path of a certificate. */
  certificate(name: string): string {
    return `${this.path}/${name}.crt`;
  }

  /** The path of a key. */
  key(name: string): string {
    return `${this.path}/${name}.key`;
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}
